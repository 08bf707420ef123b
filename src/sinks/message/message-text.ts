import { contentFreeCause } from '../../failure/content-free-cause.ts';
import { sortedEntries } from '../../item/sorted-entries.ts';
import { isPlainObject } from '../../options/check.ts';
import { kindOf } from '../../options/kind-of.ts';
import { isThenable } from '../../promise/thenable.ts';
import { traceContextOf } from '../../trace-context/record-trace.ts';
import { traceparentOf } from '../../trace-context/trace-context.ts';
import { invalid } from '../batcher/sink-errors.ts';
import type { SinkRecord } from '../sink.ts';
import { WrongMessage } from './wrong-message.ts';

/**
 * A message as text: a string unchanged, anything else as JSON.
 *
 * What an item can hold and JSON cannot is written as it would be in DynamoDB's own JSON: sets as arrays, binary as
 * base64, bigints and the SDK's NumberValue as text of their digits, so that no reader rounds them.
 *
 * @throws SinkError `SINK_MESSAGE_INVALID` for an empty text; WrongMessage for a value that is neither text nor JSON
 */
export function messageText(target: string, message: unknown): string {
  if (typeof message === 'string') {
    if (message === '') throw invalid(target, 'the message is empty');
    return message;
  }
  return jsonText(message);
}

/** A message as JSON. @throws WrongMessage */
export function jsonText(message: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(message, jsonValue);
  } catch (cause) {
    if (cause instanceof UnawaitedWork) throw cause;
    throw new WrongMessage(
      'INVALID_MESSAGE',
      'cannot be written as JSON (see the cause). Send plain objects and lists.',
      contentFreeCause(cause),
    );
  }
  if (text === undefined) {
    const problem = `has to be text or JSON, got ${kindOf(message)}. To send nothing for some records, use a condition.`;
    throw new WrongMessage('INVALID_MESSAGE', problem);
  }
  return text;
}

/**
 * Returns the content of a message as a text that is the same for any order of attributes and of set elements, because
 * DynamoDB sends them in any order. It tells messages apart and is never sent. Accepts the values that
 * {@link messageText} accepts.
 */
function contentText(message: unknown): string {
  return typeof message === 'string' ? message : JSON.stringify(message, orderedValue);
}

/**
 * Returns {@link contentText} without the trace of the record: each delivery has another trace, and the message stays the
 * same one. Only members with exactly the values of this trace are left out.
 */
export function messageContent(message: unknown, record: SinkRecord | undefined): string {
  const trace = traceContextOf(record);
  if (trace === undefined || !isPlainObject(message)) return contentText(message);
  const own = { traceparent: traceparentOf(trace), tracestate: trace.traceState, traceId: trace.traceId };
  const lasting = Object.entries(message).filter(
    ([name, value]) => !(Object.hasOwn(own, name) && own[name as keyof typeof own] === value),
  );
  return contentText(Object.fromEntries(lasting));
}

function orderedValue(this: unknown, key: string, value: unknown): unknown {
  if (value instanceof Set) return [...value].map((element) => JSON.stringify(element, jsonValue)).sort();
  const json = jsonValue.call(this, key, value);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  return Object.fromEntries(sortedEntries(json));
}

/** A message is, or holds, work that has not been done: a promise or an iterator, which JSON writes as `{}`. */
export class UnawaitedWork extends WrongMessage {
  constructor() {
    super('INVALID_RESULT', 'is or holds a promise or an iterator, and would be sent as {}. Await it first.');
  }
}

/** @throws UnawaitedWork */
export function refuseUnawaited(value: object): void {
  if (isThenable(value)) {
    // Nothing waits for it now, and its rejection must not end the process.
    Promise.resolve(value).catch(() => {});
    throw new UnawaitedWork();
  }
  if (typeof (value as { readonly next?: unknown }).next === 'function') throw new UnawaitedWork();
}

/** A replacer for JSON.stringify. @throws UnawaitedWork */
export function jsonValue(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  refuseUnawaited(value);
  if (value instanceof Set) return [...value];
  // A Buffer has made an object of numbers of itself by now: `toJSON` comes before the replacer.
  const original = (this as Readonly<Record<string, unknown>>)[key];
  if (original instanceof Uint8Array) return Buffer.from(original).toString('base64');
  if (typeof (value as { toAttributeValue?: unknown }).toAttributeValue === 'function') return String(value);
  return value;
}
