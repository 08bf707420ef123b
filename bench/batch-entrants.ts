import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Contender, Work } from './contenders/contender.ts';
import type { Entrant } from './rounds.ts';
import { expectedTally, Tally } from './tally.ts';

export interface BatchEntrants {
  readonly entrants: readonly Entrant[];
  /** Who cannot take part here, and why. */
  readonly skipped: readonly string[];
}

/** Lets contenders handle a batch: a fresh event each time, and proof afterwards that the work was done. */
export async function batchEntrants(
  contenders: readonly Contender[],
  work: Omit<Work, 'tally'>,
  text: string,
): Promise<BatchEntrants> {
  const tally = new Tally();
  const expected = expectedTally((JSON.parse(text) as DynamoDBStreamEvent).Records, work.reads);
  const entrants: Entrant[] = [];
  const skipped: string[] = [];
  for (const { name, handler } of contenders) {
    try {
      const handle = await handler({ ...work, tally });
      entrants.push({
        name,
        prepare: () => {
          tally.reset();
          return JSON.parse(text);
        },
        run: (event) => handle(event as DynamoDBStreamEvent),
        verify: () => tally.verify(name, expected),
      });
    } catch (error) {
      skipped.push(`${name} was skipped: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
  }
  return { entrants, skipped };
}

/** The scale: what Lambda's runtime pays for the same payload. It keeps the event, and so does this. */
export function jsonParse(text: string): Entrant {
  let event: unknown;
  return {
    name: 'JSON.parse',
    prepare: () => text,
    run: (input) => {
      event = JSON.parse(input as string);
    },
    verify: () => {
      if (event === undefined) throw new Error('JSON.parse gave nothing');
      event = undefined;
    },
  };
}
