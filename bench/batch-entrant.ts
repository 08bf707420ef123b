import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Contender, Work } from './contenders/contender.ts';
import type { Entrant } from './run/plan.ts';
import { timed } from './run/timed.ts';
import { expectedTally, Tally } from './tally.ts';

/** Lets a contender handle a batch: a fresh event each time, and proof afterwards that the work was done. */
export async function batchEntrant(
  { name, handler }: Contender,
  work: Omit<Work, 'tally'>,
  text: string,
): Promise<Entrant> {
  const tally = new Tally();
  const expected = expectedTally((JSON.parse(text) as DynamoDBStreamEvent).Records, work.reads);
  const handle = await handler({ ...work, tally });
  return timed({
    prepare: () => {
      tally.reset();
      return JSON.parse(text) as DynamoDBStreamEvent;
    },
    run: handle,
    verify: () => tally.verify(name, expected),
  });
}

export const JSON_PARSE = 'JSON.parse';

/** The scale: what Lambda's runtime pays for the same payload. It keeps the event, and so does this. */
export function jsonParse(text: string): Entrant {
  let event: unknown;
  return timed({
    prepare: () => text,
    run: (input) => {
      event = JSON.parse(input);
    },
    verify: () => {
      if (event === undefined) throw new Error('JSON.parse gave nothing');
      event = undefined;
    },
  });
}
