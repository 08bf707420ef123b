import type { BatchSettings } from '../../batch/options.ts';
import { conditionData, decide } from '../../conditions/built-in.ts';
import { compilePattern } from '../../conditions/compile-pattern.ts';
import { soleEntry } from '../../conditions/pattern-object.ts';
import { patternWarnings } from '../../conditions/pattern-warnings.ts';
import { recordFilter } from '../../mapping/filter-criteria.ts';
import type { MappingWarning } from '../../mapping/router-mapping.ts';
import { openRecord } from '../../record/lazy-record.ts';
import { hasImage, type StreamViewType } from '../../record/view-type.ts';
import { numberReader, type ToNumber } from '../../unmarshall/numbers.ts';
import { type CheckMapping, type MappingCheck, updateCommand, withoutRoutes } from '../check.ts';
import { fieldsOf, type PatternField, type Sample, type SampleSource, samples } from '../filter-samples.ts';
import { type FindingCode, finding, ifRead, notChecked, type Result } from '../finding.ts';

const CODES: readonly FindingCode[] = [
  'FILTER_DROPS_ROUTE',
  'FILTER_NEVER_MATCHES',
  'FILTER_ALWAYS_MATCHES',
  'FILTER_UNDOCUMENTED',
];

/** The filters of the mapping: what they drop of the records that the code handles, and what they can never match. */
export const filters: CheckMapping = function* (check) {
  const { mapping, subject } = check;
  if ('notChecked' in mapping.filters) {
    yield finding('FILTER_UNREADABLE', subject, {
      is: `${mapping.filters.notChecked}.`,
      should: 'filters that Lambda can decrypt',
      why: 'Without the key, the mapping stops.',
      remedy:
        'Allow Lambda to use the key: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html',
    });
  }
  yield* ifRead(mapping.filters, CODES, subject, function* (patterns) {
    if (patterns.length === 0) return;
    const passes = compiled(patterns);
    if (passes === undefined) {
      yield notChecked(CODES, subject, 'a filter is not one that this version of streamlane can read');
      return;
    }
    for (const [index, pattern] of patterns.entries()) yield* ofPattern(pattern, index, check);
    yield* dropped(patterns, passes, check);
  });
};

function compiled(patterns: readonly string[]): ((record: unknown) => boolean) | undefined {
  try {
    const tests = patterns.map((pattern) => compilePattern(pattern));
    return (record) => tests.some((test) => test(record));
  } catch {
    return undefined;
  }
}

function* ofPattern(pattern: string, index: number, { mapping, subject }: MappingCheck): Iterable<Result> {
  const { stream } = mapping;
  const viewType = 'value' in stream ? stream.value?.viewType : undefined;
  const remedy = 'Correct the filter, and test it: docs/filters.md';
  const warnings = patternWarnings(pattern);
  const never = warnings.filter(({ code }) => code === 'NEVER_MATCHES').map(({ message }) => message);
  const missing = viewType === undefined ? undefined : missingImage(pattern, viewType);
  if (missing !== undefined) {
    never.push(
      `it asks for ${missing}, which the records of a ${viewType} stream do not have for its events.`,
    );
  }
  if (never.length > 0) {
    yield finding('FILTER_NEVER_MATCHES', subject, {
      is: `Filter ${index + 1}: ${never.join(' ')}`,
      should: 'alternatives that a record can have',
      why: 'Records that the filter should pass do not reach the function, and no error shows that.',
      remedy,
    });
  }
  const always = warnings.filter(({ code }) => code === 'ALWAYS_MATCHES').map(({ message }) => message);
  if (always.length > 0) {
    yield finding('FILTER_ALWAYS_MATCHES', subject, {
      is: `Filter ${index + 1}: ${always.join(' ')}`,
      should: 'alternatives that some records do not have',
      why: 'The function gets records that the filter should drop, and you pay for the invocations.',
      remedy,
    });
  }
  const undocumented = warnings
    .filter(({ code }) => code === 'UNDOCUMENTED_OPERATOR')
    .map(({ message }) => message);
  if (undocumented.length > 0) {
    yield finding('FILTER_UNDOCUMENTED', subject, {
      is: `Filter ${index + 1}: ${undocumented.join(' ')}`,
      should: 'comparisons that Lambda documents',
      why: 'The next deployment may be refused.',
      remedy,
    });
  }
}

/** The image that every record lacks which the pattern could match. */
function missingImage(pattern: string, viewType: StreamViewType): 'NewImage' | 'OldImage' | undefined {
  const combinations = fieldsOf(pattern).map((fields) => missingIn(fields, viewType));
  return combinations.every((image) => image !== undefined) ? combinations[0] : undefined;
}

function missingIn(
  fields: readonly PatternField[],
  viewType: StreamViewType,
): 'NewImage' | 'OldImage' | undefined {
  const named = fields.find(({ path }) => path.join('.') === 'eventName')?.alternatives;
  const events = ['INSERT', 'MODIFY', 'REMOVE'].filter((name) => named === undefined || named.includes(name));
  const needed = (['NewImage', 'OldImage'] as const).filter((image) =>
    fields.some(({ path, alternatives }) => path[1] === image && !alternatives.some(allowsAbsence)),
  );
  // Other names of events are left to the warnings.
  if (events.length === 0 || events.some((event) => needed.every((image) => carries(image, viewType, event))))
    return undefined;
  return needed.find((image) => !events.every((event) => carries(image, viewType, event)));
}

function carries(image: 'NewImage' | 'OldImage', viewType: StreamViewType, event: string): boolean {
  return hasImage(image === 'NewImage' ? 'newImage' : 'oldImage', viewType, event);
}

function allowsAbsence(alternative: unknown): boolean {
  const [operator, operand] = soleEntry(alternative) ?? [];
  return operator === 'exists' && operand === false;
}

/** Records that a route or a middleware of the code needs. */
interface NeededRecords {
  /** For people: `onInsert`, or `onModify of order`. */
  readonly name: string;
  /** As JSON. */
  readonly patterns: readonly string[];
  readonly condition: unknown;
  readonly entity: string | undefined;
  /** Takes all of them, as a middleware does, or those of no entity, which have to fail. Undefined: a route. */
  readonly takes?: 'all' | 'unknownEntity';
}

const METHODS: Readonly<Record<string, string>> = {
  INSERT: 'onInsert',
  MODIFY: 'onModify',
  REMOVE: 'onRemove',
};

function neededRecordsOf({ code }: MappingCheck): readonly NeededRecords[] {
  const { metadata, mapping, source } = code as NonNullable<MappingCheck['code']>;
  const { routes, options, warnings } = mapping as NonNullable<NonNullable<MappingCheck['code']>['mapping']>;
  const own = recordFilter('doctor', options.filterCriteria)?.patterns ?? [EVERY];
  const every = { name: source, patterns: own, condition: undefined, entity: undefined };
  if (warnings.some(({ code: reason }) => reason === 'NO_ROUTES')) return [];
  // Without routes it is a window, or a router of middlewares alone.
  if (metadata === undefined || routes.length === 0) return [{ ...every, takes: 'all' }];
  const ofRoutes = routes.map(({ eventName, entity, patterns }, index) => ({
    name: `${METHODS[eventName]}${entity === undefined ? '' : ` of ${entity}`}`,
    patterns: patterns?.map((pattern) => JSON.stringify(pattern)) ?? [
      JSON.stringify({ eventName: [eventName] }),
    ],
    condition: metadata.routes[index]?.condition,
    entity,
  }));
  const has = (warning: MappingWarning['code']): boolean => warnings.some((one) => one.code === warning);
  if (has('FILTERS_OFF_BY_MIDDLEWARE')) {
    return [...ofRoutes, { ...every, name: 'a middleware that needs all records', takes: 'all' }];
  }
  if (has('FILTERS_OFF_BY_UNKNOWN_ENTITY')) {
    return [...ofRoutes, { ...every, name: 'no entity, which have to fail', takes: 'unknownEntity' }];
  }
  return ofRoutes;
}

function* dropped(
  deployed: readonly string[],
  passes: (record: unknown) => boolean,
  check: MappingCheck,
): Iterable<Result> {
  const { mapping, code, subject } = check;
  if (code === undefined) return;
  if (code.mapping === undefined) {
    yield notChecked(['FILTER_DROPS_ROUTE'], subject, withoutRoutes(code));
    return;
  }
  const derived = recordFilter('doctor', code.mapping.options.filterCriteria)?.patterns ?? [];
  if (derived.length > 0 && derived.every((pattern) => deployed.includes(pattern))) return;
  const source = sourceOf(check);
  const others = deployed.flatMap((pattern) => fieldsOf(pattern).flat());
  const criteria = derived.length === 0 ? {} : { Filters: derived.map((Pattern) => ({ Pattern })) };
  // A shell ends the text at a quote, and begins it again behind one that is escaped.
  const quoted = JSON.stringify(criteria).replaceAll("'", "'\\''");
  const remedy = updateCommand(mapping, `--filter-criteria '${quoted}'`);
  for (const needed of neededRecordsOf(check)) {
    const found = counterexample(needed, others, passes, source, code.metadata?.settings);
    if (found === 'none is taken') {
      yield notChecked(
        ['FILTER_DROPS_ROUTE'],
        subject,
        `no sample record was found that ${needed.name} takes`,
      );
    }
    if (typeof found !== 'object') continue;
    yield finding('FILTER_DROPS_ROUTE', subject, {
      // Code of the user is not called: it may do anything.
      severity: found.notAsked === undefined ? 'error' : 'warning',
      is: `The filters drop records of ${needed.name}, such as ${shown(found.sample, others)}.`,
      should:
        derived.length === 0
          ? 'no filters: the code needs every record'
          : `the filters of the code: ${derived.join(' ')}`,
      why: `The function never gets them, and no error shows that.${
        found.notAsked === undefined
          ? ''
          : ` Your own ${found.notAsked} was not called, so it may reject them too.`
      }`,
      remedy,
    });
  }
}

function sourceOf({ mapping, code }: MappingCheck): SampleSource {
  const stream = 'value' in mapping.stream ? mapping.stream.value : undefined;
  const settings = code?.metadata?.settings;
  return {
    viewType: stream?.viewType ?? settings?.viewType ?? 'NEW_AND_OLD_IMAGES',
    keys: stream?.keys ?? settings?.table?.keys ?? ['pk'],
    streamArn: mapping.streamArn,
  };
}

/** Stands for a pattern that every record matches. */
const EVERY = '{}';

/** As many records are tried for a route. */
const MAX_SAMPLES = 3000;

/** A record that the code is to get and the filters drop. */
interface Counterexample {
  readonly sample: Sample;
  /** The part of the user's code that was not called. Undefined: the code takes the record. */
  readonly notAsked: 'condition' | 'schema' | undefined;
}

/** Looks for a counterexample. One that is certain comes before others. */
function counterexample(
  needed: NeededRecords,
  others: readonly PatternField[],
  passes: (record: unknown) => boolean,
  source: SampleSource,
  settings: BatchSettings | undefined,
): Counterexample | 'none is taken' | undefined {
  const { patterns, condition } = needed;
  const changed = changedPaths(condition);
  const table = settings?.table;
  const hasSchema = table?.['~entities']?.hasSchema ?? table?.schema !== undefined;
  let [certain, undecided]: (Sample | undefined)[] = [];
  let isOnePassed = false;
  for (const pattern of patterns) {
    const wants = pattern === EVERY ? () => true : compilePattern(pattern);
    let tried = 0;
    for (const fields of pattern === EVERY ? [[]] : fieldsOf(pattern)) {
      for (const sample of samples(source, fields, others, changed)) {
        tried += 1;
        if (tried > MAX_SAMPLES) break;
        if (!wants(sample)) continue;
        const verdict = taken(sample, needed, settings);
        if (verdict === false) continue;
        if (passes(sample)) isOnePassed = true;
        else if (verdict === true) certain ??= sample;
        else undecided ??= sample;
      }
    }
  }
  if (certain !== undefined) {
    // A schema may refuse invented items. Where the filters drop everything, they drop its items too.
    return { sample: certain, notAsked: hasSchema && isOnePassed ? 'schema' : undefined };
  }
  if (undecided !== undefined) return { sample: undecided, notAsked: 'condition' };
  return isOnePassed ? undefined : 'none is taken';
}

/** Checks if the code takes a record. Undefined where a predicate of the user decides, which is not called. */
function taken(
  sample: Sample,
  { condition, entity, takes }: NeededRecords,
  settings: BatchSettings | undefined,
): boolean | undefined {
  if (settings === undefined || takes === 'all') return true;
  const { table, numbers, viewType } = settings;
  const toNumber = numbers === 'exact' ? Number : (numberReader(numbers) as ToNumber);
  try {
    const record = openRecord(sample as never, { toNumber, viewType, open: table?.['~open'] });
    const entities = table?.['~entities'];
    if (takes === 'unknownEntity') return entities?.of(record).isUnknown === true;
    // Routes get no record of no entity, nor one whose entity cannot be told, whatever they ask for.
    if (entities !== undefined && record.entity === undefined) return false;
    if (entity !== undefined && record.entity !== entity) return false;
    return condition === undefined ? true : decide(condition, record);
  } catch {
    // The record does not tell its entity, or has no such image: the router refuses it.
    return false;
  }
}

/** The attributes that have to differ for a condition, as far as they are names and first elements. */
function changedPaths(condition: unknown): readonly (readonly string[])[] {
  const data = conditionData(condition);
  if (data === undefined) return [];
  if ('conditions' in data) return data.kind === 'not' ? [] : data.conditions.flatMap(changedPaths);
  if (data.kind !== 'changed') return [];
  return data.paths
    .map(({ steps }) => steps)
    .filter((steps) => steps.every((step) => typeof step === 'string' || step === 0))
    .map((steps) => steps.flatMap(pathOf));
}

/** A step below an attribute has the type of what it enters. */
function pathOf(step: string | number, index: number): readonly string[] {
  if (typeof step === 'number') return ['L'];
  return index === 0 ? [step] : ['M', step];
}

/** A sample without what most records share, but with what filters ask for. */
function shown(sample: Sample, others: readonly PatternField[]): string {
  const asked = new Set(others.flatMap(({ path }) => path.slice(0, 2)));
  const pick = (from: object, names: readonly string[]): object =>
    Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name) || asked.has(name)));
  return JSON.stringify({
    ...pick(sample, ['eventName', 'userIdentity']),
    dynamodb: pick(sample.dynamodb as object, ['Keys', 'NewImage', 'OldImage']),
  });
}
