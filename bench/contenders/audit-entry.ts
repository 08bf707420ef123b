import { isDeepStrictEqual } from 'node:util';

/** The parts of a record that an audit entry is made of, images unmarshalled. */
export interface AuditedChange {
  readonly eventID: string | undefined;
  readonly eventName: string | undefined;
  readonly eventSourceARN: string | undefined;
  readonly sequenceNumber: string;
  readonly keys: object;
  readonly newImage: object | undefined;
  readonly oldImage: object | undefined;
}

/** An audit entry as a user writes it by hand: the keys, and each attribute that changed. */
export function entryByHand({ newImage = {}, oldImage = {}, ...change }: AuditedChange): object {
  const before = new Map<string, unknown>(Object.entries(oldImage));
  const after = new Map<string, unknown>(Object.entries(newImage));
  const changes: object[] = [];
  for (const name of new Set([...after.keys(), ...before.keys()])) {
    const [old, now] = [before.get(name), after.get(name)];
    if (!isDeepStrictEqual(old, now)) changes.push({ path: name, before: old, after: now });
  }
  return { ...change, changes };
}
