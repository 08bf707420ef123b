import type { LocalEventSourceMapping } from '../../local/event-source-mapping.ts';
import type {
  CheckpointEvent,
  DiscardEvent,
  InvocationEvent,
  RetryEvent,
  SplitEvent,
  WindowClosedEvent,
} from '../../local/mapping-events.ts';

/** The mapping's next step with the records of an invocation. */
export type Consequence =
  | { readonly type: 'checkpoint'; readonly event: CheckpointEvent }
  | { readonly type: 'retry'; readonly event: RetryEvent }
  | { readonly type: 'split'; readonly event: SplitEvent }
  | { readonly type: 'discard'; readonly event: DiscardEvent }
  | { readonly type: 'windowClosed'; readonly event: WindowClosedEvent };

/**
 * Reports each invocation together with its outcome, which a mapping reports one after the other, and
 * several batches at once.
 *
 * @param tell without an invocation for records that were discarded before one: they were too old
 * @returns tells of invocations of which nothing came, because the mapping has stopped
 */
export function followInvocations(
  mapping: Pick<LocalEventSourceMapping, 'on'>,
  tell: (invocation: InvocationEvent | undefined, consequence: Consequence | undefined) => void,
): () => void {
  // By request id: no two invocations with the same one run at a time.
  const pending = new Map<string, InvocationEvent>();
  const settle = (consequence: Consequence): void => {
    const { requestId } = consequence.event;
    const invocation = pending.get(requestId);
    pending.delete(requestId);
    // Behind a discard comes its checkpoint, of which all has been said.
    if (invocation !== undefined || consequence.type === 'discard') tell(invocation, consequence);
  };
  mapping.on('invocation', (event) => pending.set(event.requestId, event));
  mapping.on('checkpoint', (event) => settle({ type: 'checkpoint', event }));
  mapping.on('retry', (event) => settle({ type: 'retry', event }));
  mapping.on('split', (event) => settle({ type: 'split', event }));
  mapping.on('discard', (event) => settle({ type: 'discard', event }));
  mapping.on('windowClosed', (event) => settle({ type: 'windowClosed', event }));
  return () => {
    for (const invocation of pending.values()) tell(invocation, undefined);
    pending.clear();
  };
}
