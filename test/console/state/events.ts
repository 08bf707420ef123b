import type { ConsoleEvent, ConsoleMessage, ShownRecord } from '../../../src/console/protocol/events.ts';

/** A record as the page gets it. */
export function shown(number: number, fields: Partial<ShownRecord> = {}): ShownRecord {
  return {
    number,
    eventID: `e${number}`,
    eventName: 'INSERT',
    sequenceNumber: `${number}`,
    keys: { id: { S: `item-${number}` } },
    oldImage: undefined,
    newImage: { id: { S: `item-${number}` }, status: { S: 'OPEN' } },
    createdAt: 1,
    isExpired: false,
    ...fields,
  };
}

type Fields = { readonly event: ConsoleEvent['event'] } & Readonly<Record<string, unknown>>;

/** A message of a run, with these events. */
export function messageOf(events: readonly Fields[], run = 'run'): ConsoleMessage {
  const stamped = events.map((event, index) => ({
    id: index + 1,
    time: `2026-01-01T00:00:0${index}Z`,
    ...event,
  }));
  return { run, dropped: 0, keyNames: ['id'], events: stamped as unknown as ConsoleEvent[] };
}

/** The event that records were read. */
export function readEvent(...records: readonly ShownRecord[]): Fields {
  return { event: 'read', shardId: 's', records };
}
