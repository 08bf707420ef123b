import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { HandlerMetadata, RouteMetadata } from '../../../batch/handler-metadata.ts';
import { decide } from '../../../conditions/built-in.ts';
import type { RouteRecords, TakingRoutes } from '../../../console/record-groups.ts';
import { type LazyRecord, openRecord, type RecordReading } from '../../../record/lazy-record.ts';
import { numberReader, type ToNumber } from '../../../unmarshall/numbers.ts';

/**
 * Makes a function that finds the routes that take the records of an event. It asks the built-in parts of conditions, and runs no code of
 * users: where such code decides, the routes are `undecided`.
 *
 * @param routesId that of the routes
 */
export function routeFinder(
  routesId: string,
  { settings, routes }: HandlerMetadata,
): (event: DynamoDBStreamEvent) => readonly RouteRecords[] {
  const { table, viewType } = settings;
  // Conditions compare numbers as decimals, whatever the number policy.
  const reading: RecordReading = {
    toNumber: numberReader('number') as ToNumber,
    viewType,
    open: table?.['~open'],
  };
  const hasEntities = table?.['~entities'] !== undefined;
  return (event) => {
    const found = new Map<string, { readonly routes: TakingRoutes; readonly sequenceNumbers: string[] }>();
    for (const raw of event.Records) {
      const sequenceNumber = raw.dynamodb?.SequenceNumber;
      const record = opened(raw, reading);
      if (record === undefined || sequenceNumber === undefined) continue;
      const isNoEntity = hasEntities && record.entity === undefined;
      const verdicts = routes.map((route) => (isNoEntity ? false : takes(route, record)));
      const taken = placesOf(verdicts, true);
      const undecided = placesOf(verdicts, undefined);
      const key = `${taken} ${undecided}`;
      const group = found.get(key) ?? { routes: { routesId, taken, undecided }, sequenceNumbers: [] };
      found.set(key, group);
      group.sequenceNumbers.push(sequenceNumber);
    }
    return [...found.values()];
  };
}

/** Undefined where code of the user decides. */
function takes({ eventName, entity, condition }: RouteMetadata, record: LazyRecord): boolean | undefined {
  if (record.eventName !== eventName) return false;
  if (entity !== undefined && record.entity !== entity) return false;
  if (condition === undefined) return true;
  try {
    return decide(condition, record);
  } catch {
    // The record fails in the router, or the handler has another copy of streamlane, whose conditions refuse this record.
    return undefined;
  }
}

/** A record that the router refuses has no routes. */
function opened(raw: DynamoDBRecord, reading: RecordReading): LazyRecord | undefined {
  try {
    const record = openRecord(raw, reading);
    // Finds out if it can be told.
    record.entity;
    return record;
  } catch {
    return undefined;
  }
}

function placesOf(
  verdicts: readonly (boolean | undefined)[],
  wanted: boolean | undefined,
): readonly number[] {
  return verdicts.flatMap((verdict, place) => (verdict === wanted ? [place] : []));
}
