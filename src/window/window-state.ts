import { WindowStateError } from '../errors.ts';
import { isObject } from '../options/check.ts';
import { kindOf } from '../options/kind-of.ts';

/** Lambda ends a window early when its state is larger. AWS says 1 MB. */
export const MAX_STATE_BYTES: number = 1024 * 1024;

/** The largest response of a function, minus some room for the checkpoint. */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024 - 1024;

/** Deeper than any item, which has 32, and well within what parsers of JSON take. */
const MAX_LEVELS = 1000;

/** Returns true if a state is `{}` or missing: Lambda sends that when a window begins. */
export function isEmpty(state: object | null | undefined): state is null | undefined {
  return state === undefined || state === null || (!isProxy(state) && Object.keys(state).length === 0);
}

/** Checks if a value is a Proxy: each read of it may throw, or give another value the next time. */
function isProxy(value: unknown): boolean {
  // Not imported: importing node:util takes a millisecond of every cold start (bench: footprint).
  return process.getBuiltinModule('node:util').types.isProxy(value);
}

/**
 * Writes a state as JSON that gives the same state when it is read.
 *
 * @param initial the attributes of the declared state: a message may name those, as others can be item content
 * @throws WindowStateError `INVALID_STATE` when JSON would lose something, `STATE_TOO_LARGE` when no function may
 * answer that much
 */
export function stateJson(state: unknown, initial: unknown): string {
  if (isProxy(state) || !isObject(state)) {
    throw new WindowStateError(
      'INVALID_STATE',
      `The state of a window has to be an object, got ${isProxy(state) ? 'a Proxy' : kindOf(state)}. ` +
        'Return the state from reduce.',
    );
  }
  const lost = new StateCheck().lost(state, initial, '', 1);
  if (lost !== undefined) throw notJson(`${lost} is not`);
  const text = written(state);
  if (Buffer.byteLength(text) > MAX_RESPONSE_BYTES) throw tooLarge();
  return text;
}

/** A state has no code of its own. But a program may give all objects or arrays a toJSON, as old libraries do. */
function written(state: object): string {
  try {
    return JSON.stringify(state);
  } catch (cause) {
    throw notJson('toJSON of all objects or arrays threw an error', cause);
  }
}

function notJson(why: string, cause?: unknown): WindowStateError {
  return new WindowStateError(
    'INVALID_STATE',
    `The state of a window has to be JSON, and ${why}. Nothing was counted. ` +
      'Keep text, finite numbers, booleans, null, arrays and plain objects.',
    cause === undefined ? undefined : { cause },
  );
}

/** Looks for what JSON would lose. One for each state. */
class StateCheck {
  /** The state has no fewer bytes as JSON. Keeps short what refers to one object many times over. */
  #minBytes = 0;

  /** The first value that JSON would leave out or turn into something else. */
  lost(value: unknown, declared: unknown, path: string, level: number): string | undefined {
    this.#count(1);
    switch (typeof value) {
      case 'string':
        this.#count(value.length);
        return undefined;
      case 'boolean':
        return undefined;
      case 'number':
        if (Object.is(value, -0)) return `${path} (-0; add 0 to it)`;
        return Number.isFinite(value) ? undefined : `${path} (${value})`;
      case 'object':
        return value === null ? undefined : this.#lostWithin(value, declared, path, level);
      default:
        return `${path} (${typeof value})`;
    }
  }

  #lostWithin(value: object, declared: unknown, path: string, level: number): string | undefined {
    const at = path || 'the state';
    // Without the path, which would be as long.
    if (level > MAX_LEVELS)
      return `a value that contains itself or is nested deeper than ${MAX_LEVELS} levels`;
    if (isProxy(value)) return `${at} (a Proxy)`;
    const isArray = Array.isArray(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (isArray ? prototype !== Array.prototype : prototype !== Object.prototype && prototype !== null) {
      return `${at} (an instance of a class)`;
    }
    const names = Reflect.ownKeys(value);
    // The elements of an array come first, then length.
    if (isArray && names[value.length] !== 'length') return `${at} (an array with holes)`;
    if (isArray && names.length > value.length + 1) return `${at} (an array with attributes)`;
    for (const name of names) {
      if (isArray && name === 'length') continue;
      if (typeof name === 'symbol') return `${at} (with a symbol as a key)`;
      // biome-ignore lint/style/noNonNullAssertion: it is one of the value's own names
      const property = Object.getOwnPropertyDescriptor(value, name)!;
      const known = typeof declared === 'object' && declared !== null && Object.hasOwn(declared, name);
      const step = known && !isArray ? name : '*';
      const inner = path === '' ? step : `${path}.${step}`;
      if (!('value' in property)) return `${inner} (a getter or setter)`;
      if (!property.enumerable) return `${inner} (not enumerable)`;
      // JSON leaves the attribute out, and it reads the same.
      if (property.value === undefined && !isArray) continue;
      this.#count(name.length);
      const within = known ? (declared as Record<string, unknown>)[name] : undefined;
      const lost = this.lost(property.value, within, inner, level + 1);
      if (lost !== undefined) return lost;
    }
    return undefined;
  }

  #count(bytes: number): void {
    this.#minBytes += bytes;
    if (this.#minBytes > MAX_RESPONSE_BYTES) throw tooLarge();
  }
}

function tooLarge(): WindowStateError {
  return new WindowStateError(
    'STATE_TOO_LARGE',
    'The state of the window is larger than a function may answer (6 MB). Nothing was counted. ' +
      'Keep less in the state, or write it to a table.',
  );
}
