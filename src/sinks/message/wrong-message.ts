import { ConfigurationError } from '../../errors.ts';
import { kindOf } from '../../options/kind-of.ts';

/**
 * The program sends something that the target takes from no record, such as undefined. No value of an item explains it, so
 * every record would fail alike: the error is one of configuration, and its record waits for the fix. A value of the right
 * type that is empty or too long may come from one item; that is a SinkError.
 */
export class WrongMessage extends Error {
  readonly #code: 'INVALID_MESSAGE' | 'INVALID_OPTION' | 'INVALID_RESULT' | 'KEYS_MISMATCH';
  readonly #option: string | undefined;

  /** @param problem the predicate of a sentence about the message, or about what its options give for `option` */
  constructor(
    code: 'INVALID_MESSAGE' | 'INVALID_OPTION' | 'INVALID_RESULT' | 'KEYS_MISMATCH',
    problem: string,
    { option, ...options }: ErrorOptions & { readonly option?: string } = {},
  ) {
    super(problem, options);
    this.#code = code;
    this.#option = option;
  }

  /** The error for the caller. */
  of(owner: string, target: string): ConfigurationError {
    const { message, cause } = this;
    const option = this.#option;
    const subject = option === undefined ? `a message to ${target}` : `of a message to ${target}`;
    const options = { owner, option, ...(cause !== undefined && { cause }) };
    return new ConfigurationError(this.#code, `${subject} ${message}`, options);
  }
}

/** A value in the options of a message that its target takes from no record. Names its kind only, as it may be of the item. */
export function wrongSetting(option: string, expected: string, came: unknown): WrongMessage {
  return new WrongMessage('INVALID_OPTION', `has to be ${expected}, got ${kindOf(came)}.`, { option });
}

/**
 * Refuses options of a message that have to be text and are not, such as a number for a group.
 *
 * @throws WrongMessage
 */
export function checkTexts(options: object, names: readonly string[]): void {
  for (const name of names) {
    const value = (options as Readonly<Record<string, unknown>>)[name] ?? '';
    if (typeof value !== 'string') throw wrongSetting(name, 'text', value);
  }
}
