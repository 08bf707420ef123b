import { ConfigurationError } from '../errors.ts';
import { type Check, checkOptions, numberFrom, objectWith } from '../options/check-options.ts';
import { rejectUnknownOptions } from '../options/unknown-options.ts';

/** What every sink can be told about its requests. */
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

/** How a client of a sink's own makes requests, beside what the SDK finds by itself. */
export interface ClientSettings {
  readonly maxAttempts: number;
  readonly requestHandler: { readonly httpAgent: AgentSettings; readonly httpsAgent: AgentSettings };
}

interface AgentSettings {
  readonly keepAlive: boolean;
  readonly maxSockets: number;
}

/**
 * The settings of a client that a sink makes.
 *
 * - One attempt: the SDK would wait between its own while the request holds one of the sink's places.
 * - A socket for each request: the SDK has 50, and time would run out for a request that waits for one.
 *
 * The agents are options, not objects: so the SDK makes them, and no package of its own is needed here.
 *
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-maxsockets.html
 */
export function clientSettings(options: SinkOptions): ClientSettings {
  const agent = { keepAlive: true, maxSockets: requestSettings(options).concurrency };
  return { maxAttempts: 1, requestHandler: { httpAgent: agent, httpsAgent: agent } };
}

const CHECKS: Readonly<Record<string, Check>> = {
  client: objectWith(['send']),
  concurrency: wholeNumber(1, 100),
  attempts: wholeNumber(1, 100),
  requestTimeoutMs: numberFrom(1, 900_000),
};

/**
 * Checks the options of a sink.
 *
 * @param required checks of those that have to be given
 * @param more checks of the others, beyond those that every sink has
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export function checkSinkOptions(
  owner: string,
  options: object,
  required: Readonly<Record<string, Check>>,
  more: Readonly<Record<string, Check>> = {},
): void {
  const checks = { ...required, ...more, ...CHECKS };
  rejectUnknownOptions(owner, options, Object.keys(checks));
  checkOptions(owner, options, checks);
  for (const [name, { expected }] of Object.entries(required)) {
    if ((options as Readonly<Record<string, unknown>>)[name] === undefined) {
      throw new ConfigurationError(
        'INVALID_OPTION',
        `${owner}: ${name} is missing. It has to be ${expected}.`,
      );
    }
  }
}

/** A whole number in a range. */
export function wholeNumber(least: number, most: number): Check {
  return {
    expected: `a whole number from ${least} to ${most}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  };
}

/** Makes something of the target, anew where the target is another one than the last time: a test may change it. */
export function perTarget<T>(make: (target: string) => T): (target: string) => T {
  let last: { readonly target: string; readonly made: T } | undefined;
  return (target) => {
    if (last?.target !== target) last = { target, made: make(target) };
    return last.made;
  };
}

/** Makes something when it is first needed, once. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
