import type { Stamp } from '../../console/protocol/events.ts';
import { namedRecord, plainFields } from '../../console/protocol/fields.ts';
import type { Failure } from './failures.ts';

/**
 * Writes an event as one JSON object. Records are named, not shown: items stay private.
 *
 * @param failures why records failed, for an invocation
 */
export function jsonOf(
  event: string,
  fields: object,
  { time, id }: Stamp,
  failures?: readonly Failure[],
): object {
  return {
    event,
    time,
    id,
    ...plainFields(fields, (records) => records.map(namedRecord)),
    // Keys are of an item.
    ...(failures !== undefined &&
      failures.length > 0 && { failures: failures.map(({ keys: _keys, ...failure }) => failure) }),
  };
}
