import type { CommandHappening } from '../../console/protocol/events.ts';
import type { Actions } from '../../console/server/actions.ts';
import { RequestRefusedError } from '../../console/server/request-refused-error.ts';
import type { DeliveryControl } from '../../local/delivery/delivery-control.ts';

type Command = Extract<CommandHappening, { event: 'paused' | 'resumed' | 'skipped' }>;

/**
 * The actions of the live console on a mapping.
 *
 * @param tell reports what someone did, for the terminal and for all open pages
 */
export function mappingActions(control: DeliveryControl, tell: (command: Command) => void): Actions {
  const setPaused = (isPaused: boolean, change: () => void): void => {
    const wasPaused = control.isPaused;
    change();
    if (wasPaused !== isPaused) tell({ event: isPaused ? 'paused' : 'resumed' });
  };
  return {
    pause: async () => setPaused(true, () => control.pause()),
    resume: async () => setPaused(false, () => control.resume()),
    step: async () => setPaused(true, () => control.step()),
    retryNow: async (input) => {
      if (!control.retryNow(requestIdIn(input))) throw notWaiting();
    },
    skip: async (input) => {
      const requestId = requestIdIn(input);
      if (!control.skip(requestId)) throw notWaiting();
      tell({ event: 'skipped', requestId });
    },
  };
}

function requestIdIn({ requestId }: Readonly<Record<string, unknown>>): string {
  if (typeof requestId === 'string') return requestId;
  throw new RequestRefusedError(400, 'requestId is missing.');
}

function notWaiting(): RequestRefusedError {
  return new RequestRefusedError(
    409,
    'The batch does not wait: it is being invoked now, or its shard is no longer blocked.',
  );
}
