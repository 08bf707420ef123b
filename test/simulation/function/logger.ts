import { inspect } from 'node:util';
import type { Logger } from '../../../src/index.ts';
import { CANARY } from '../model/table.ts';
import { monotonicNow } from '../world/clock.ts';
import type { World } from '../world/world.ts';

/** A logger that looks for item content in everything that is logged, and at what records fail with. */
export function memoryLogger(world: World): Logger {
  const { history } = world;
  const log = (message: string, fields?: object): void => {
    history.note(`log: ${message}`);
    if (`${message} ${inspect(fields, { depth: 8 })}`.includes(CANARY))
      history.violate('9 items stay private', `a log line holds item content: ${message}`);
    if (message === 'Record failed') checkFailure(world, fields as Failed);
  };
  return { debug: log, info: log, warn: log, error: log };
}

interface Failed {
  readonly sequenceNumber: string;
  readonly error: { readonly name?: string; readonly message?: string } | undefined;
}

function checkFailure(world: World, { sequenceNumber, error }: Failed): void {
  const { history, scenario } = world;
  const { layers, entryPoint } = scenario.fn;
  const index = world.indexOf(sequenceNumber);
  const invocation = world.invocationOf.get(index);
  if (!entryPoint.startsWith('router') || invocation === undefined) return;
  if (error?.name === 'IdempotencyAlreadyInProgressError' && world.deliveries.get(index) === 1)
    history.violate('lock', `change ${index} waits for a lock that no other invocation can have`);
  const [letters, ...within] = layers;
  if (letters?.kind !== 'deadLetter' || layers.some(({ kind }) => kind === 'own' || kind === 'audit')) return;
  // At the deadline nothing is for good.
  if (monotonicNow() >= invocation.deadlineAt) return;
  const isExhausted = letters.when !== 'permanent' && within.some(({ kind }) => kind === 'retry');
  if (error?.message === 'This can never work.' || (isExhausted && error?.message === 'This did not work.'))
    history.violate('letters', `change ${index} failed for good, and got no letter`);
}
