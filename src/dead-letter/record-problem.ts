import { isSequenceNumber } from '../record/sequence-number.ts';

const EVENT_NAMES: readonly unknown[] = ['INSERT', 'MODIFY', 'REMOVE'];

/**
 * DynamoDB nests attributes up to 32 levels deep, and each level of an image has two in JSON: a type and its value.
 * What nests deeper did not come from a stream, and programs that read it could run out of stack.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MAX_JSON_LEVELS = 100;

/**
 * Says why a record cannot be replayed. `undefined`: it can, and whatever else is wrong with it fails it alone.
 *
 * @param record parsed from JSON
 * @returns the end of a sentence that begins with "its record"
 */
export function recordProblem(record: unknown): string | undefined {
  if (!isPlainObject(record)) return 'is not an object';
  const { eventName, eventID, eventSourceARN, dynamodb } = record;
  if (!EVENT_NAMES.includes(eventName)) return 'has an eventName other than INSERT, MODIFY and REMOVE';
  if (!isPlainObject(dynamodb) || !isSequenceNumber(dynamodb.SequenceNumber))
    return 'has no SequenceNumber of 1 to 40 digits';
  if (!isPlainObject(dynamodb.Keys)) return 'has no Keys';
  if (!isTextOrAbsent(eventID)) return 'has an eventID that is not text';
  if (!isTextOrAbsent(eventSourceARN)) return 'has an eventSourceARN that is not text';
  return isJson(record) ? undefined : 'holds a bigint, or nests deeper than DynamoDB allows';
}

/** An object that is not an array. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** Level by level, as a recursion would run out of stack where it should say no. */
function isJson(record: object): boolean {
  // Sets, as an object of a program may hold another one many times, or itself.
  let level: ReadonlySet<object> = new Set([record]);
  for (let depth = 0; depth < MAX_JSON_LEVELS; depth++) {
    const next = new Set<object>();
    for (const holder of level) {
      for (const value of Object.values(holder)) {
        if (typeof value === 'bigint') return false;
        if (typeof value === 'object' && value !== null) next.add(value);
      }
    }
    if (next.size === 0) return true;
    level = next;
  }
  return false;
}
