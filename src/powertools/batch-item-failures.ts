import type { PartialItemFailures } from '@aws-lambda-powertools/batch/types';
import type { ReportableRecord } from '../batch/event.ts';
import { ConfigurationError } from '../errors.ts';
import { isThenable } from '../promise/thenable.ts';
import { OWNER } from './options.ts';

/**
 * Finds the record that the response of a batch has to name, and checks the overrides of a subclass.
 *
 * An override may report an earlier record, so that Lambda repeats more. It must not report less: Lambda would
 * go on past records that did not succeed.
 */
export class BatchItemFailures {
  readonly #records: readonly ReportableRecord[];
  /** The SequenceNumbers, as they were before the first handler ran. */
  readonly #identifiers: readonly string[];
  /** The index of the lowest record that did not succeed. */
  readonly #checkpoint: number;
  #index: Map<unknown, number> | undefined;

  constructor(records: readonly ReportableRecord[], identifiers: readonly string[], checkpoint: number) {
    this.#records = records;
    this.#identifiers = identifiers;
    this.#checkpoint = checkpoint;
  }

  /**
   * Returns the one record to report, or none: the lowest of those that did not succeed and those that hooks marked as
   * failed. Hooks may do so as late as in `clean`.
   */
  failures(failureMessages: readonly unknown[]): PartialItemFailures[] {
    return this.#report(this.#lowest(failureMessages));
  }

  /**
   * Checks the response of overrides.
   *
   * @returns the one record to report, or none: Lambda reads only the lowest of several
   * @throws ConfigurationError `INVALID_OVERRIDE` if it reports less than what failed
   */
  checked(reported: unknown, failureMessages: readonly unknown[]): PartialItemFailures[] {
    if (!Array.isArray(reported)) refuse('batchItemFailures has to be an array', typeof reported);
    if (failureMessages.some((message) => this.#positionOf(message) === undefined)) {
      refuse('failureMessages has to hold records of the batch', 'something else');
    }
    const least = this.#lowest(failureMessages);
    let lowest = this.#records.length;
    for (const failure of reported) {
      const position = this.#positions.get((failure as Partial<PartialItemFailures> | null)?.itemIdentifier);
      if (position === undefined) {
        refuse('each itemIdentifier has to be the SequenceNumber of a record of the batch', 'another one');
      }
      lowest = Math.min(lowest, position);
    }
    if (lowest > least) {
      refuse(
        `the response has to name the record with the sequence number ${this.#identifiers[least]} or an earlier one`,
        this.#identifiers[lowest] ?? 'no record',
      );
    }
    return this.#report(lowest);
  }

  #report(index: number): PartialItemFailures[] {
    const itemIdentifier = this.#identifiers[index];
    return itemIdentifier === undefined ? [] : [{ itemIdentifier }];
  }

  #lowest(failureMessages: readonly unknown[]): number {
    let lowest = this.#checkpoint;
    // An identifier that is not in the batch counts as its first record, so that nothing is lost.
    for (const message of failureMessages) lowest = Math.min(lowest, this.#positionOf(message) ?? 0);
    return lowest;
  }

  /** The index of a record, which may be a copy: a subclass may note a parsed one. */
  #positionOf(message: unknown): number | undefined {
    const sequenceNumber = (message as ReportableRecord | null | undefined)?.dynamodb?.SequenceNumber;
    return this.#positions.get(message) ?? this.#positions.get(sequenceNumber);
  }

  /** The index of each record, by the record and by its identifier. */
  get #positions(): Map<unknown, number> {
    if (this.#index === undefined) {
      this.#index = new Map();
      // Backwards, so that the first of several equal ones wins.
      for (let index = this.#records.length - 1; index >= 0; index--) {
        this.#index.set(this.#records[index], index).set(this.#identifiers[index], index);
      }
    }
    return this.#index;
  }
}

/**
 * Returns the result of an override that decides. Refuses a promise, which would always count as true.
 *
 * @throws ConfigurationError `INVALID_OVERRIDE`
 */
export function requireSynchronous<Answer>(method: string, answer: Answer): Answer {
  if (!isThenable(answer)) return answer;
  // Nothing waits for it any more, and an unhandled rejection would end the process.
  Promise.resolve(answer).catch(() => {});
  throw new ConfigurationError(
    'INVALID_OVERRIDE',
    `${method} of a subclass has to be synchronous, got a promise. Move asynchronous code into clean.`,
    { owner: OWNER },
  );
}

function refuse(expected: string, came: string): never {
  throw new ConfigurationError(
    'INVALID_OVERRIDE',
    `an override of a subclass reports less than what failed: ${expected}, got ${came}. ` +
      'Lambda would skip records. To let a failed record count as a success, let failureHandler return ' +
      "['success', undefined, record].",
    { owner: OWNER },
  );
}
