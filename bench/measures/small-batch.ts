import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { EventHandler } from '../contenders/contender.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import type { Entrant } from '../run/plan.ts';
import { timed } from '../run/timed.ts';
import { expectedTally, Tally } from '../tally.ts';

/** Handlers by name. Each reports the images that it has read. */
export type Handlers = Readonly<Record<string, (tally: Tally) => EventHandler>>;

/** Returns the factory of a handler. @throws RangeError when there is none of this name */
export function handlerNamed(handlers: Handlers, name: string): (tally: Tally) => EventHandler {
  const make = handlers[name];
  if (make === undefined) throw new RangeError(`There is no handler ${name}`);
  return make;
}

/**
 * Times a handler on the batch of 10,000 small records, and verifies what it has read.
 *
 * @param reads `nothing`: no record is to reach a handler
 */
export async function smallBatchEntrant(
  name: string,
  make: (tally: Tally) => EventHandler | Promise<EventHandler>,
  reads: 'both' | 'nothing' = 'both',
): Promise<Entrant> {
  const text = batchText({ profile: 'small', ...FULL_BATCH });
  const parse = (): DynamoDBStreamEvent => JSON.parse(text);
  const tally = new Tally();
  const expected = reads === 'nothing' ? new Tally() : expectedTally(parse().Records, reads);
  return timed({
    prepare: () => {
      tally.reset();
      return parse();
    },
    run: await make(tally),
    verify: () => tally.verify(name, expected),
  });
}
