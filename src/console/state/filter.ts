import { compilePattern } from '../../conditions/compile-pattern.ts';
import { keyText } from './key-text.ts';
import { lambdaShape } from './lambda-shape.ts';
import type { Change } from './store.ts';
import { isUnrouted } from './topology/topology.ts';
import { valueText } from './value-text.ts';

/** A filter of the feed. */
export interface ChangeFilter {
  readonly matches: (change: Change) => boolean;
  /** A change may match later, or no longer. */
  readonly dependsOnStatus: boolean;
  /** Why the text is not a filter; nothing matches then. */
  readonly problem?: string;
}

/** Texts of changes, in small letters, each made once. */
const texts: WeakMap<Change, string> = new WeakMap();

/**
 * Reads a filter. A change has to match all words of it.
 *
 * ```text
 * paid                  the text occurs in a key or a value
 * key:c1                the text occurs in the key
 * event:insert          INSERT, MODIFY or REMOVE; event:insert,remove: one of them
 * entity:invoice        the entity of the table, after the first invocation with the record
 * shard:4f6a            the id of the shard has this text
 * route:2               the second route takes it, or may take it; route:none: no route does; after the first invocation
 * status:failed         waiting, running, retrying, succeeded, failed, filtered, dead-lettered or discarded
 * {"eventName":[...]}   an event pattern, as for filterCriteria
 * ```
 *
 * @returns undefined for an empty text: all changes match
 */
export function readFilter(text: string, keyNames: readonly string[]): ChangeFilter | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (trimmed.startsWith('{')) return patternFilter(trimmed);
  const tests = trimmed.split(/\s+/).map((word) => testOf(word.toLowerCase(), keyNames));
  return {
    matches: (change) => tests.every(({ matches }) => matches(change)),
    dependsOnStatus: tests.some(({ dependsOnStatus }) => dependsOnStatus),
  };
}

function testOf(word: string, keyNames: readonly string[]): ChangeFilter {
  const [, field, wanted = ''] = /^(key|event|entity|shard|route|status):(.*)$/.exec(word) ?? [];
  const alternatives = wanted.split(',');
  switch (field) {
    case 'key':
      return test(({ record }) => keyText(record, keyNames).toLowerCase().includes(wanted));
    case 'event':
      return test(({ record }) => alternatives.includes(`${record.eventName}`.toLowerCase()));
    case 'entity':
      return {
        matches: ({ entity }) => entity !== undefined && alternatives.includes(entity.toLowerCase()),
        dependsOnStatus: true,
      };
    case 'shard':
      return test(({ shardId }) => shardId.toLowerCase().includes(wanted));
    case 'route':
      return {
        matches: (change) => alternatives.some((route) => isOfRoute(change, route)),
        dependsOnStatus: true,
      };
    case 'status':
      return { matches: ({ status }) => alternatives.includes(status), dependsOnStatus: true };
    default:
      return test((change) => textOf(change).includes(word));
  }
}

/** @param route its number, from 1 on; or `none` */
function isOfRoute({ routes }: Change, route: string): boolean {
  if (routes === undefined || routes.version.isOld) return false;
  if (route === 'none') return isUnrouted(routes);
  const place = Number(route) - 1;
  return routes.taken.includes(place) || routes.undecided.includes(place);
}

function test(matches: ChangeFilter['matches']): ChangeFilter {
  return { matches, dependsOnStatus: false };
}

function patternFilter(json: string): ChangeFilter {
  try {
    const matches = compilePattern(json, 'filter');
    return test(({ record }) => matches(lambdaShape(record)));
  } catch (error) {
    return { ...test(() => false), problem: (error as Error).message };
  }
}

function textOf(change: Change): string {
  const known = texts.get(change);
  if (known !== undefined) return known;
  const { keys, oldImage, newImage } = change.record;
  const text = [keys, oldImage, newImage]
    .map((M) => valueText({ M: M ?? {} }))
    .join(' ')
    .toLowerCase();
  texts.set(change, text);
  return text;
}
