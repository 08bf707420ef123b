import type { ServerResponse } from 'node:http';
import type { ConsoleMessage } from '../protocol/events.ts';
import type { Recorder } from '../recorder.ts';

export interface EventStreamOptions {
  readonly recorder: Recorder;
  readonly run: string;
  readonly keyNames: readonly string[];
  /** `Last-Event-ID` of a page that connects again. */
  readonly lastEventId: string | undefined;
}

// A message is written as a whole, so this bounds the memory that a slow page costs.
const MAX_WEIGHT = 500;

/**
 * Sends the events of a run to a page, as server-sent events. Each message has an id, from which the page resumes.
 *
 * A page that reads slowly costs one message of memory: the next one is made when the one before is on its way. Events that were dropped
 * from the history by then are not sent, and the next message says how many.
 */
export function sendEvents(
  response: ServerResponse,
  { recorder, run, keyNames, lastEventId }: EventStreamOptions,
): void {
  let sentId = resumeId(lastEventId, run);
  let isFlowing = true;
  let isScheduled = false;
  const send = (): void => {
    isScheduled = false;
    while (isFlowing && !response.destroyed) {
      const events = recorder.after(sentId, MAX_WEIGHT);
      const last = events.at(-1);
      if (last === undefined) return;
      sentId = last.id;
      isFlowing = write(events);
    }
  };
  const write = (events: ConsoleMessage['events']): boolean => {
    const message: ConsoleMessage = { run, dropped: recorder.dropped, keyNames, events };
    return response.write(`id: ${run}-${sentId}\ndata: ${JSON.stringify(message)}\n\n`);
  };
  // Events of one moment share a message.
  const unsubscribe = recorder.onAppend(() => {
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(send, 20).unref();
  });
  response.on('drain', () => {
    isFlowing = true;
    send();
  });
  response.on('close', unsubscribe);
  isFlowing = write([]);
  send();
}

/** The id of the last event that the page has: 0 when it has events of another run. */
function resumeId(lastEventId: string | undefined, run: string): number {
  const [, before, id] = /^(.+)-(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
  return before === run ? Number(id) : 0;
}
