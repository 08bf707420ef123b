import { type Checks, millisecondsFrom, wholeNumberFrom } from '../../options/check.ts';
import { checkOptions } from '../../options/check-options.ts';
import { invalidOption } from '../../options/invalid-option.ts';

/** Options that all sinks have. */
export interface SinkOptions {
  /**
   * Requests under way at once, 1 to 100. While all are, messages gather for the next request: fewer make fuller ones.
   *
   * @defaultValue 10
   */
  readonly concurrency?: number;
  /**
   * Requests that a message may be part of, 1 to 100, before its call fails. The deadline may end it earlier.
   *
   * @defaultValue 10
   */
  readonly attempts?: number;
  /**
   * How long a request may take, in milliseconds, before it is tried again.
   *
   * @defaultValue 10,000
   */
  readonly requestTimeoutMs?: number;
}

/** The options with their defaults. */
export function requestSettings({
  concurrency = 10,
  attempts = 10,
  requestTimeoutMs = 10_000,
}: SinkOptions): Required<SinkOptions> {
  return { concurrency, attempts, requestTimeoutMs };
}

const CHECKS: Checks = {
  concurrency: wholeNumberFrom(1, 100),
  attempts: wholeNumberFrom(1, 100),
  requestTimeoutMs: millisecondsFrom(1, 900_000),
};

/**
 * Checks the options of a sink.
 *
 * @param required checks of those that have to be given
 * @param more checks of the others, beyond those that every sink has
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export function checkSinkOptions(owner: string, options: object, required: Checks, more: Checks = {}): void {
  checkOptions(owner, options, { ...required, ...more, ...CHECKS });
  for (const [name, { expected }] of Object.entries(required)) {
    if ((options as Readonly<Record<string, unknown>>)[name] === undefined) {
      throw invalidOption(owner, name, `is missing. It has to be ${expected}.`);
    }
  }
}
