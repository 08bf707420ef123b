import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { compilePattern } from '../../src/conditions/compile-pattern.ts';
import { eventSourceMapping } from '../../src/mapping/event-source-mapping.ts';
import { type RecordFilter, recordFilter } from '../../src/mapping/filter-criteria.ts';
import { VIEW_TYPES } from '../../src/record/view-type.ts';
import { drawnRecord } from './records.ts';
import { drawnRouter, type RouterPlan, routerOf, type Seen } from './routers.ts';

/** How often something was drawn or happened. */
export type Counts = Map<string, number>;

/** Errors about a stream of another kind than declared. */
const MISMATCHES = ['VIEW_TYPE_MISMATCH', 'KEYS_MISMATCH'];

/**
 * Draws routers and records, and compares the derived filters with what the router does: a filter may not keep a record from the
 * function that a handler gets, that a middleware has to see, or that the router fails.
 *
 * @throws the smallest router and record found that break this
 */
export async function checkSoundness(parameters: {
  readonly numRuns: number;
  readonly seed: number;
}): Promise<Counts> {
  const counts: Counts = new Map();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const drawn = drawnRouter.chain((plan) =>
    fc.tuple(
      fc.constant(plan),
      fc.array(
        fc
          .oneof({ weight: 5, arbitrary: fc.constant(plan.viewType) }, fc.constantFrom(...VIEW_TYPES))
          .chain((viewType) =>
            drawnRecord(
              viewType,
              plan.routes.flatMap(({ drawn }) => drawn?.hints ?? []),
            ),
          ),
        { minLength: 1, maxLength: 8 },
      ),
    ),
  );
  await fc.assert(
    fc.asyncProperty(drawn, async ([plan, records]) => {
      const seen: Seen = { handlers: 0, middleware: 0 };
      const router = routerOf(plan, seen);
      const { options, warnings } = eventSourceMapping(router as never, { startingPosition: 'TRIM_HORIZON' });
      const filter = recordFilter('test', options.filterCriteria);
      countPlan(plan, count);
      requireWhatLambdaTakes(filter);
      expectClosed(router);
      for (const { code } of warnings) count(`warning: ${code}`);
      count(filter === undefined ? 'filters: none' : `filters: ${filter.patterns.length}`);
      for (const record of records) {
        const outcome = await outcomeOf(router, record, seen);
        const passes = filter?.passes(record) ?? true;
        count(`record: ${outcome}, ${passes ? 'passes' : 'kept away'}`);
        if (passes || outcome === 'nothing') continue;
        if (!MISMATCHES.includes(outcome) || passesOnWhatItHas(filter, record, outcome)) {
          throw new Error(
            `${outcome}, and the filters do not match: ${JSON.stringify({ patterns: filter?.patterns, record })}`,
          );
        }
      }
    }),
    parameters,
  );
  return counts;
}

/** Five filters of 4,096 characters, and the comparisons that Lambda documents; others only where the user wrote them. */
function requireWhatLambdaTakes(filter: RecordFilter | undefined): void {
  const { patterns = [], warnings = [] } = filter ?? {};
  const isFine =
    patterns.length <= 5 &&
    patterns.every((pattern) => pattern.length <= 4096) &&
    warnings.every(({ code }) => code !== 'UNDOCUMENTED_OPERATOR');
  if (!isFine) throw new Error(`Lambda may refuse these filters: ${JSON.stringify({ patterns, warnings })}`);
}

/** A route that comes later would miss the records that the filters drop. */
function expectClosed(router: { onInsert(handler: () => void): unknown }): void {
  try {
    router.onInsert(() => {});
  } catch (thrown) {
    if ((thrown as { readonly code?: string }).code === 'LATE_ROUTE') return;
  }
  throw new Error('The router took a route after its filters had been derived.');
}

/**
 * A router for REMOVE alone needs no INSERT to find out that the stream is another one than declared: the first REMOVE says so. Tells if
 * the filters let the record through as far as they ask for what the other stream has as well.
 */
function passesOnWhatItHas(filter: RecordFilter | undefined, record: DynamoDBRecord, code: string): boolean {
  return (filter?.patterns ?? []).some((text) => {
    const { eventName, userIdentity, dynamodb } = JSON.parse(text);
    // The filter for such records themselves, which did not match.
    if (eventName === undefined) return false;
    const Keys = code === 'VIEW_TYPE_MISMATCH' ? dynamodb?.Keys : undefined;
    return compilePattern({
      eventName,
      ...(userIdentity && { userIdentity }),
      ...(Keys && { dynamodb: { Keys } }),
    })(record);
  });
}

function countPlan({ table, viewType, middleware, routes }: RouterPlan, count: (name: string) => void): void {
  count(`table: ${table}`);
  count(`view type: ${viewType}`);
  for (const name of middleware) count(`middleware: ${name}`);
  for (const { drawn } of routes) {
    if (drawn === undefined) count('condition: none');
    for (const kind of new Set(drawn?.kinds)) count(`condition: ${kind}`);
  }
}

async function outcomeOf(
  router: (event: object) => Promise<{ readonly batchItemFailures: readonly unknown[] }>,
  record: DynamoDBRecord,
  seen: Seen,
): Promise<string> {
  seen.handlers = 0;
  seen.middleware = 0;
  try {
    const { batchItemFailures } = await router({ Records: [record] });
    if (seen.handlers > 0) return 'handled';
    if (batchItemFailures.length > 0) return 'failed';
    return seen.middleware > 0 ? 'seen by a middleware' : 'nothing';
  } catch (thrown) {
    return (thrown as { readonly code: string }).code;
  }
}
