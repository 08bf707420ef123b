import type { Mutant } from './mutant.ts';

const only = ['router', 'router behind Middy', 'processBatch', 'window'];
const FIND = 'table/record-entities.ts';
const GUARD = 'table/entity-guard.ts';

export const ENTITY_MUTANTS: readonly Mutant[] = [
  {
    name: 'the last entity that matches wins',
    file: FIND,
    find: 'firstMatch(entities.map(({ match }) => match));',
    replace:
      '((last) => (image: never, toNumber: never) => entities.length - 1 - last(image, toNumber))(firstMatch(entities.toReversed().map(({ match }) => match)));',
  },
  {
    name: 'the old image decides the entity of a change',
    file: FIND,
    find: "record.storedImage('newImage') ?? record.storedImage('oldImage')",
    replace: "record.storedImage('oldImage') ?? record.storedImage('newImage')",
  },
  {
    name: 'the keys decide where an image would',
    file: FIND,
    find: 'return image === undefined ? ofKeys(record) : find(image, record);',
    replace: 'return ofKeys(record);',
  },
  {
    name: 'a record of which only keys are known belongs to no entity for certain',
    file: FIND,
    find: 'return first?.needsImage ? UNDECIDED : (first ?? UNKNOWN);',
    replace: 'return first?.needsImage ? UNKNOWN : (first ?? UNKNOWN);',
  },
  {
    name: 'a record of no entity succeeds, though it has to fail',
    file: GUARD,
    find: 'if (guarded.fails) throw unknownEntity(table);',
    replace: 'if (guarded.fails) return undefined;',
  },
  {
    name: 'a record of no entity fails, though it is to be ignored',
    file: GUARD,
    find: 'if (guarded.fails) throw unknownEntity(table);',
    replace: 'throw unknownEntity(table);',
  },
  {
    name: 'a record of no entity is counted at each attempt',
    file: GUARD,
    find: '.add(record.sequenceNumber));',
    replace: '.add(Math.random() as never));',
  },
  {
    name: 'the schema of the new entity checks the old image',
    file: 'record/checked-record.ts',
    find: 'return isOther ? undefined : entity.checks;',
    replace: 'return entity.checks;',
  },
  {
    name: 'no entity checks its images',
    file: 'record/checked-record.ts',
    find: 'return isOther ? undefined : entity.checks;',
    replace: 'return undefined;',
  },
  {
    name: 'a route of one entity takes the records of all',
    file: 'table/entity-routes.ts',
    find: 'if (entity === undefined || name === entity)',
    replace: 'if (true)',
  },
  {
    name: 'a route of the table misses all entities but one',
    file: 'table/entity-routes.ts',
    find: 'if (entity === undefined || name === entity)',
    replace: "if (name === (entity ?? 'note'))",
  },
  {
    name: 'an entry about a change of the entity hides what the new one hides',
    file: 'audit/audit-entry.ts',
    find: 'settings.viewOf(changesEntity(record, entity) ? undefined : entity)',
    replace: 'settings.viewOf(entity)',
  },
  {
    name: 'a record without a list of its own shows everything',
    file: 'audit/options.ts',
    find: 'return (entity) => views.get(entity) ?? all;',
    replace: 'return (entity) => views.get(entity) ?? view([]);',
  },
  {
    name: 'a letter does not name its entity',
    file: 'middleware/dead-letter.ts',
    find: 'lambdaContext, { entity, traceparent }',
    replace: 'lambdaContext, { traceparent }',
  },
].map((mutant) => ({ only, ...mutant }) as Mutant);
