import { type EnvironmentVariable, readEnv, showEnv } from '../../options/env.ts';
import { WrongMessage } from '../message/wrong-message.ts';
import type { RequestContext, SendOptions, Sink } from '../sink.ts';
import { requireTarget, type SinkTarget, TARGET, type TargetKind } from '../sink-target.ts';
import { checkSend } from './check-send.ts';
import type { Payload, Refusal } from './entry.ts';
import { type BatcherSettings, MicroBatcher } from './micro-batcher.ts';
import { awsRefusal } from './request-failure.ts';
import { requestSettings, type SinkOptions } from './sink-options.ts';
import { explained } from './target-refusal.ts';

/** The differences between sinks: the target, its limits, the conversion of a message and the request. */
export interface BatchedSinkSettings<P extends Payload, Message, Options extends SendOptions>
  extends Pick<BatcherSettings<P>, 'maxEntries' | 'maxBytes' | 'maxEntryBytes' | 'refusalOf'> {
  /** The function that makes the sink, and its option that names the target, as in `snsTopic` and `topicArn`. */
  readonly named: readonly [owner: string, option: string];
  /** The value of that option. */
  readonly target: string | EnvironmentVariable;
  /** The kind of the target. Undefined for a target of the user's own. */
  readonly kind?: TargetKind;
  /** The beginning of the keys of all objects, in a bucket. */
  readonly prefix?: string | EnvironmentVariable;
  /**
   * Makes the payload of a message. What it throws rejects the call; a WrongMessage as a ConfigurationError.
   */
  payloadOf(target: string, message: Message, options: Options): P;
  /**
   * Makes one request.
   *
   * @returns a refusal or undefined for each payload, in their order
   */
  request(payloads: readonly P[], context: RequestContext): Promise<readonly (Refusal | undefined)[]>;
}

/** A sink that carries its target for `sinkPolicy`. */
export interface BatchedSink<Options extends SendOptions, Message> extends Sink<Options, Message> {
  readonly [TARGET]: SinkTarget;
}

/** Makes a sink that sends the messages of one turn in few requests. All sinks of this folder are made by it. */
export function batchedSink<P extends Payload, Options extends SendOptions, Message = unknown>(
  options: SinkOptions,
  settings: BatchedSinkSettings<P, Message, Options>,
): BatchedSink<Options, Message> {
  const { kind, named, refusalOf = awsRefusal } = settings;
  const [owner, option] = named;
  const makeBatcher = (target: string): MicroBatcher<P> => {
    const explain = (refusal: Refusal): Refusal =>
      kind === undefined ? refusal : explained(refusal, { kind, named, value: settings.target, target });
    return new MicroBatcher({
      ...settings,
      ...requestSettings(options),
      target,
      async request(payloads, signal) {
        const refusals = await settings.request(payloads, { target, signal });
        return refusals.map((refusal) => refusal && explain(refusal));
      },
      refusalOf: (error) => explain(refusalOf(error)),
    });
  };
  const payloadOf: typeof settings.payloadOf = (target, ...given) => {
    try {
      return settings.payloadOf(target, ...given);
    } catch (error) {
      throw error instanceof WrongMessage ? error.of(owner, target) : error;
    }
  };
  let last: { readonly target: string; readonly batcher: MicroBatcher<P> } | undefined;
  return {
    [TARGET]: { named, value: settings.target, prefix: settings.prefix, action: kind?.action },
    get target() {
      return showEnv(settings.target);
    },
    // async: a wrong message rejects, as every other failure does.
    async send(message, sendOptions) {
      const target = readEnv(owner, option, settings.target);
      checkSend(owner, target, sendOptions as SendOptions | undefined);
      // The environment may name another target than for the last message: a test may change it.
      if (last?.target !== target) {
        if (kind !== undefined) requireTarget(named, kind, settings.target, target);
        last = { target, batcher: makeBatcher(target) };
      }
      return last.batcher.add(payloadOf(target, message, sendOptions), sendOptions);
    },
  };
}
