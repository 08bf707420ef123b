/** A handler that logs as a router does, throws or answers, as its event says. */
export async function failing(event: {
  readonly sequenceNumber?: string;
  readonly throws?: boolean;
  readonly answer?: unknown;
}): Promise<unknown> {
  if (event.throws) throw new Error('thrown');
  const { sequenceNumber } = event;
  if (sequenceNumber !== undefined)
    console.error('Record failed', { sequenceNumber, error: new Error('no') });
  return event.answer;
}

export const text = 'no function';
