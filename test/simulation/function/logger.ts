import { inspect } from 'node:util';
import type { Logger } from '../../../src/index.ts';
import type { PassThrough } from '../model/scenario.ts';
import { CANARY, type Change } from '../model/table.ts';
import { type Halting, monotonicNow } from '../world/clock.ts';
import type { World } from '../world/world.ts';

/** A logger that looks for item content in everything that is logged, and at what records fail with. */
export function memoryLogger(world: World, sandbox: Halting): Logger {
  const { history } = world;
  const log = (message: string, fields?: object): void => {
    history.note(`log: ${message}`);
    if (`${message} ${inspect(fields, { depth: 8 })}`.includes(CANARY))
      history.violate('9 items stay private', `a log line holds item content: ${message}`);
    if (message === 'Record failed') checkFailure(world, sandbox, fields as Failed);
  };
  return { debug: log, info: log, warn: log, error: log };
}

const STORE_FAILURE = /^Idempotency(AlreadyInProgress|PersistenceLayer)Error$/;

/** Middleware that calls next() again, and so meets the lock of a call whose answer the store has lost. */
const CALLS_AGAIN: readonly PassThrough[] = ['calls twice', 'tries again'];

/** So long before the deadline nothing waits for a lock any more. */
const LOCK_MARGIN_MS = 60;

interface Failed {
  readonly sequenceNumber: string;
  readonly entity?: string;
  readonly error: { readonly name?: string; readonly message?: string; readonly code?: string } | undefined;
}

function checkFailure(world: World, sandbox: Halting, { sequenceNumber, entity, error }: Failed): void {
  const { history, journal, scenario } = world;
  const { layers, entryPoint } = scenario.fn;
  const index = world.indexOf(sequenceNumber);
  const change = world.changes[index] as Change;
  if (entity !== journal.reference.entityOf(change))
    history.violate('entity', `the log says that change ${index} is of ${entity}`);
  if (error?.code === 'UNKNOWN_ENTITY') {
    history.count('record of no entity failed');
    if (!journal.reference.mustFail(change))
      history.violate('entity', `change ${index} failed as if it belonged to no entity`);
  }
  // They read images themselves.
  const isCheckedByLayers = layers.some(({ kind }) => kind === 'validate' || kind === 'audit');
  if (error?.code === 'VALIDATION_FAILED' && !isCheckedByLayers && !journal.reference.mayNeedHandling(change))
    history.violate('schema', `change ${index} was checked, and no route takes it`);
  const invocation = world.openIn(sandbox, index);
  if (!entryPoint.startsWith('router') || invocation === undefined) return;
  const { lowestFailure } = invocation;
  invocation.lowestFailure = Math.min(lowestFailure, index);
  // Which of several invocations the record failed in is not known.
  const open = world.invocationsOf(index).filter((own) => own.sandbox === sandbox && !own.over);
  if (open.length > 1) return;
  const isStoreFailure = STORE_FAILURE.test(error?.name ?? '');
  const mayLeaveLocks =
    scenario.targets.storeFaultPercent > 0 &&
    layers.some((layer) => layer.kind === 'own' && CALLS_AGAIN.includes(layer.how));
  if (
    error?.name === 'IdempotencyAlreadyInProgressError' &&
    world.invocationsOf(index).length === 1 &&
    !mayLeaveLocks
  )
    history.violate('lock', `change ${index} waits for a lock that no other invocation can have`);
  const mayWaitMs = invocation.deadlineAt - monotonicNow();
  // Locks end by the clock that jumps.
  if (
    isStoreFailure &&
    mayWaitMs > LOCK_MARGIN_MS &&
    index < lowestFailure &&
    scenario.lambda.clockJumpMs === 0
  )
    history.violate('lock', `change ${index} failed by ${error?.name} with ${mayWaitMs} ms left`);
  const [letters, ...within] = layers;
  if (letters?.kind !== 'deadLetter' || layers.some(({ kind }) => kind === 'own' || kind === 'audit')) return;
  // At the deadline nothing is for good.
  if (monotonicNow() >= invocation.deadlineAt) return;
  const isExhausted = letters.when !== 'permanent' && within.some(({ kind }) => kind === 'retry');
  if (error?.message === 'This can never work.' || (isExhausted && error?.message === 'This did not work.'))
    history.violate('letters', `change ${index} failed for good, and got no letter`);
}
