import type { RecordContext } from '../batch/record-context.ts';
import { FUNCTION, isMembers, objectWith } from '../options/check.ts';
import { requireArgument, requireOption } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import type { RecordSendOptions, SendOptions, Sink, SinkRecord } from './sink.ts';

const OWNER = 'publishTo';

const SINK = objectWith(['send']);

/**
 * Makes a handler of a sink: it sends one message for each record, and the record succeeds when that was accepted.
 *
 * The message is sent with the record and the deadline, so FIFO targets get their ids.
 *
 * @param toMessage makes the message of a record; may be asynchronous
 * @param options what the sink takes besides, for every message, or made of the record, at once
 * @throws ConfigurationError `INVALID_OPTION`
 * @example
 * ```ts
 * export const handler = streamRouter<Invoice>()
 *   .onInsert(publishTo(payments, ({ newImage }) => ({ id: newImage.invoiceId, total: newImage.total })))
 *   .onRemove(publishTo(archive, toCloudEvent));
 * ```
 */
export function publishTo<R extends SinkRecord, Options extends SendOptions = SendOptions, Message = unknown>(
  sink: Sink<Options, Message>,
  toMessage: (record: R, context: RecordContext) => NoInfer<Message> | Promise<NoInfer<Message>>,
  options?: MessageOptions<R, Options>,
): (record: R, context: RecordContext) => Promise<void> {
  requireArgument(OWNER, 'sink', sink, SINK);
  requireOption(OWNER, 'toMessage', toMessage, FUNCTION);
  if (options !== undefined && typeof options !== 'function' && !isMembers(options)) {
    refuse(`the options have to be an object or a function, got ${shown(options)}.`);
  }
  return async (record, context) => {
    const message = await toMessage(record, context);
    // As JSON, a promise is {}.
    if (isUnfinished(message))
      await refuseUnfinished(message, 'toMessage', { owner: OWNER, option: 'toMessage' });
    const more = typeof options === 'function' ? options(record) : options;
    // Spread, a promise is nothing: the message would go out without its group.
    if (isThenable(more)) {
      Promise.resolve(more).catch(() => {});
      refuse('the options of a record were a promise. Return an object, and await in toMessage.');
    }
    await sink.send(message, { ...more, record } as unknown as Options);
  };
}

/** The arguments of a sink besides the message and its record. */
export type MessageOptions<R, Options extends SendOptions> =
  | MessageSettings<Options>
  | ((record: R) => MessageSettings<Options>);

/** The options of a sink without those that belong to every message. */
type MessageSettings<Options extends SendOptions> = Omit<
  Options & RecordSendOptions,
  'record' | 'signal' | 'detached'
>;

function refuse(problem: string): never {
  throw invalidOption(OWNER, undefined, problem);
}
