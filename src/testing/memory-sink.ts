import { answerOf } from '../conditions/condition.ts';
import { type Check, FUNCTION, TEXT, wholeNumberFrom } from '../options/check.ts';
import { checkOptions, requireArgument } from '../options/check-options.ts';
import { copyOf } from '../record/copy.ts';
import { checkSend } from '../sinks/batcher/check-send.ts';
import { deadlinePassed, refused, targetFailed } from '../sinks/batcher/sink-errors.ts';
import type { GroupOptions } from '../sinks/message/fifo.ts';
import type { AttributeValue } from '../sinks/message/message-attributes.ts';
import { messageText } from '../sinks/message/message-text.ts';
import { WrongMessage } from '../sinks/message/wrong-message.ts';
import type { SendOptions, Sink } from '../sinks/sink.ts';

/** The options that a message to a memory sink can be sent with: those of all sinks of streamlane. */
export type MemorySendOptions = SendOptions &
  GroupOptions & {
    readonly attributes?: Readonly<Record<string, AttributeValue>>;
    readonly subject?: string;
    readonly delaySeconds?: number;
    readonly detailType?: string;
    readonly resources?: readonly string[];
    readonly time?: Date;
    readonly key?: string;
    readonly contentType?: string;
  };

/**
 * The reason why a memory sink does not accept a message. It rejects with the error that the sinks of streamlane have for it:
 *
 * - `'retryable'`: the target was busy until the attempts were used up: `SINK_ENTRY_REFUSED`, retryable
 * - `'content'`: the target never accepts this message: `SINK_ENTRY_REFUSED`, not retryable. `deadLetter` takes the record.
 * - `'systemic'`: the target accepts no message, as without a permission: `SINK_REQUEST_FAILED`, not retryable. It concerns
 *   every record, so `deadLetter` takes none.
 * - `'noResponse'`: the target does not answer: `SINK_DEADLINE` once the deadline of the record, or `signal`, has come
 */
export type MemorySinkFailure = 'retryable' | 'content' | 'systemic' | 'noResponse';

/** How a memory sink is made. */
export interface MemorySinkOptions {
  /** The name of the target, in errors and dead letters. @defaultValue `'memory'` */
  readonly target?: string;
}

/** Limits a failure. */
export interface FailOptions<Message, Options> {
  /**
   * How many messages fail, from 1 on.
   *
   * @defaultValue every one, until `recover` is called
   */
  readonly times?: number;
  /** Tells which messages fail. @defaultValue all */
  when?(message: Message, options: Options): boolean;
}

/** One call of a memory sink. */
export interface MemorySinkCall<Message, Options> {
  /** A copy of the message, or of the key that was to be deleted. */
  readonly message: Message;
  /** The second argument of the call. */
  readonly options: Options;
  /** `'delete'` for a call of `delete`, else `'send'`. */
  readonly operation: 'send' | 'delete';
  /** The error that the call rejects with. Undefined: it was accepted. */
  readonly error: unknown;
}

/** A sink that keeps its messages in memory. It fits wherever a topic, queue, bus, table or bucket does. */
export interface MemorySink<Message = unknown, Options extends SendOptions = MemorySendOptions>
  extends Sink<Options, Message> {
  /** The accepted messages, in order: copies, as they were when they were sent. */
  readonly sent: readonly Message[];
  /** The keys of accepted calls of `delete`, in order. */
  readonly deleted: readonly object[];
  /** All calls, in order, also those that failed. A call without an answer joins them when its deadline comes. */
  readonly calls: readonly MemorySinkCall<Message, Options>[];
  /** `send`, by its name in a topic. */
  publish(message: Message, options: Options): Promise<void>;
  /** `send`, by its name in a table. */
  put(item: Message & object, options: Options): Promise<void>;
  /** Deletes the item with this key, as a table does. */
  delete(key: object, options: Options): Promise<void>;
  /**
   * Lets messages fail from now on. Of several reasons, the one that was named first counts.
   *
   * @param reason a kind of failure, or an error of your own to reject with
   * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
   */
  fail(reason: MemorySinkFailure | Error, options?: FailOptions<Message, Options>): void;
  /** Lets no more messages fail. */
  recover(): void;
  /** Forgets all calls, and lets no more messages fail: for `beforeEach`. */
  clear(): void;
}

const OWNER = 'memorySink';

const KINDS = ['retryable', 'content', 'systemic', 'noResponse'];

const REASON: Check = {
  expected: `one of ${KINDS.map((kind) => `'${kind}'`).join(', ')}, or an error`,
  accepts: (value) => KINDS.includes(value as string) || value instanceof Error,
};

/** A reason to fail, while it counts. */
interface Rule<Message, Options> {
  readonly reason: MemorySinkFailure | Error;
  readonly when: (message: Message, options: Options) => boolean;
  left: number;
}

/**
 * Makes a sink for tests: it keeps its messages, and fails on demand. It uses no timers, so it works under fake ones.
 *
 * It refuses what every sink refuses: a message without a record, one that is not JSON, and any message after the deadline. It
 * knows no limits of a service, such as sizes.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const payments = memorySink<Payment>();
 * const router = streamRouter<Invoice>().onInsert(publishTo(payments, ({ newImage }) => ({ id: newImage.invoiceId })));
 *
 * payments.fail('retryable', { times: 1 });
 * const delivery = await deliver(router, [stream.insert(invoice)], { functionResponseTypes: ['ReportBatchItemFailures'] });
 * expect(payments.sent).toEqual([{ id: 'INV-1' }]); // in the second attempt
 * ```
 */
export function memorySink<Message = unknown, Options extends SendOptions = MemorySendOptions>(
  options: MemorySinkOptions = {},
): MemorySink<Message, Options> {
  checkOptions(OWNER, options, { target: TEXT });
  const { target = 'memory' } = options;
  const sent: Message[] = [];
  const deleted: object[] = [];
  const calls: MemorySinkCall<Message, Options>[] = [];
  let rules: Rule<Message, Options>[] = [];

  async function call(operation: 'send' | 'delete', given: Message, sendOptions: Options): Promise<void> {
    checkSend(OWNER, target, sendOptions as SendOptions | undefined);
    requireMessage(target, given);
    const message = copyOf(given) as Message;
    const error = await failureOf(message, sendOptions);
    calls.push({ message, options: sendOptions, operation, error });
    if (error !== undefined) throw error;
    if (operation === 'delete') deleted.push(message as object);
    else sent.push(message);
  }

  /** The error of a call, or undefined for one that is accepted. */
  async function failureOf(message: Message, sendOptions: Options): Promise<unknown> {
    const signals = [sendOptions.record?.deadlineSignal, sendOptions.signal].filter(
      (signal) => signal !== undefined,
    );
    const over = signals.find(({ aborted }) => aborted);
    if (over !== undefined) return deadlinePassed(target, over.reason);
    const rule = rules.find(({ left, when }) => left > 0 && when(message, sendOptions));
    if (rule === undefined) return undefined;
    rule.left--;
    const { reason } = rule;
    if (reason === 'retryable') return refused(target, { code: 'ThrottlingException', fault: 'passing' }, 10);
    if (reason === 'content') {
      return refused(target, { code: 'InvalidMessageContents', fault: 'message' }, 1);
    }
    if (reason === 'systemic') return targetFailed(target, { code: 'AccessDenied', fault: 'target' });
    return reason === 'noResponse' ? deadlinePassed(target, await firstReason(signals)) : reason;
  }

  const send: Sink<Options, Message>['send'] = (message, sendOptions) => call('send', message, sendOptions);
  return {
    target,
    sent,
    deleted,
    calls,
    send,
    publish: send,
    put: send,
    delete: (key, sendOptions) => call('delete', key as Message, sendOptions),
    fail(reason, failOptions = {}) {
      requireArgument(`${OWNER}.fail`, 'reason', reason, REASON);
      checkOptions(`${OWNER}.fail`, failOptions, { times: wholeNumberFrom(1, 1e9), when: FUNCTION });
      const { times = Number.POSITIVE_INFINITY } = failOptions;
      const asked = failOptions.when;
      const when: Rule<Message, Options>['when'] = (message, sendOptions) =>
        asked === undefined ||
        answerOf(`${OWNER}.fail: when`, asked(message, sendOptions), 'Let it return true or false.');
      rules.push({ reason, when, left: times });
    },
    recover() {
      rules = [];
    },
    clear() {
      for (const list of [sent, deleted, calls]) list.length = 0;
      rules = [];
    },
  };
}

/** Refuses a message that no sink takes. */
function requireMessage(target: string, message: unknown): void {
  try {
    if (!(message instanceof Uint8Array)) messageText(target, message);
  } catch (error) {
    throw error instanceof WrongMessage ? error.of(OWNER, target) : error;
  }
}

/** Waits for the first of the signals to abort; for ever where there is none. */
function firstReason(signals: readonly AbortSignal[]): Promise<unknown> {
  return new Promise((resolve) => {
    for (const signal of signals) {
      signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
    }
  });
}
