import { streamRouter } from '../../../src/index.ts';
import { contextOf, eventOf } from '../../fixtures/events.ts';

// Whatever the logger: this one writes nothing.
const router = streamRouter({ logger: false }).onInsert(() => {
  throw new Error('no');
});

/** A handler whose record fails, that throws or answers, as its event says. */
export async function failing(event: {
  readonly sequenceNumber?: string;
  readonly throws?: boolean;
  readonly answer?: unknown;
}): Promise<unknown> {
  if (event.throws) throw new Error('thrown');
  const { sequenceNumber } = event;
  if (sequenceNumber !== undefined) await router(eventOf({ sequenceNumber }), contextOf());
  return event.answer;
}

export const text = 'no function';
