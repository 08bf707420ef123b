import { WindowStateError } from '../errors.ts';

/** Lambda ends a window early when its state is larger. AWS says 1 MB. */
export const MAX_STATE_BYTES: number = 1024 * 1024;

/** What a function may answer at most, less some room for the checkpoint. */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024 - 1024;

/** A state as JSON, of which is known that it comes back as it went. */
export interface StateJson {
  readonly text: string;
  readonly bytes: number;
  /** Lambda will end the window early. */
  readonly tooLarge: boolean;
}

/**
 * Writes a state as JSON.
 *
 * @param initial the attributes of the declared state: those may be named in a message, others can be item content
 * @throws WindowStateError `INVALID_STATE` when JSON would lose something, `STATE_TOO_LARGE` when no function may
 * answer that much
 */
export function stateJson(state: unknown, initial: unknown): StateJson {
  if (typeof state !== 'object' || state === null || Array.isArray(state)) {
    throw new WindowStateError(
      'INVALID_STATE',
      `The state of a window has to be an object, got ${kindOf(state)}. Return the state from reduce.`,
    );
  }
  const lost = findLost(state, initial, '');
  if (lost !== undefined) {
    throw new WindowStateError(
      'INVALID_STATE',
      `The state of a window has to be JSON, and ${lost} is not. Nothing was counted. ` +
        'Keep text, finite numbers, booleans, null, arrays and plain objects.',
    );
  }
  const text = JSON.stringify(state);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_RESPONSE_BYTES) {
    throw new WindowStateError(
      'STATE_TOO_LARGE',
      `The state of the window has ${bytes} bytes, more than a function may answer (6 MB). Nothing was counted. ` +
        'Keep less in the state, or write it to a table.',
    );
  }
  return { text, bytes, tooLarge: bytes > MAX_STATE_BYTES };
}

/** The first value that JSON would leave out or turn into something else. */
function findLost(value: unknown, declared: unknown, path: string): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${path} (${value})`;
    case 'object':
      break;
    default:
      return `${path} (${typeof value})`;
  }
  if (value === null) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
    return `${path || 'the state'} (an instance of a class)`;
  }
  for (const [name, inner] of Object.entries(value)) {
    // JSON leaves the attribute out, and it reads the same.
    if (inner === undefined && !Array.isArray(value)) continue;
    const known = typeof declared === 'object' && declared !== null && Object.hasOwn(declared, name);
    const step = known && !Array.isArray(value) ? name : '*';
    const lost = findLost(
      inner,
      known ? (declared as Record<string, unknown>)[name] : undefined,
      path === '' ? step : `${path}.${step}`,
    );
    if (lost !== undefined) return lost;
  }
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
}
