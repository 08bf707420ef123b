import type { DynamoDBRecord } from 'aws-lambda';
import type { InvocationResult } from '../../../src/delivery/deliver-batch.ts';
import { mayThrow, RESERVE_MS } from '../function/function.ts';
import { CROWD, type Fault } from '../model/scenario.ts';
import { inside, monotonicNow, sleep, timersNow } from './clock.ts';
import { type Invocation, nothingYet } from './journal.ts';
import type { Sandbox } from './sandbox.ts';
import type { InvocationContext, World } from './world.ts';

const FAILED: InvocationResult = { type: 'failed' };

type Outcome =
  | { readonly response: unknown }
  | { readonly threw: unknown }
  | 'killed'
  | 'timed out'
  | 'outran its time';

const ROOMY_MS = 20_000;

/** Without partial responses a batch has to fit into one invocation, at the third attempt at the latest. */
function isRoomy(world: World, [first]: readonly DynamoDBRecord[]): boolean {
  if (world.scenario.mapping.partialResponses) return false;
  const batch = first?.dynamodb?.SequenceNumber ?? '';
  const attempt = world.nextAttempt(`time for ${batch}`);
  return attempt > 1 || !world.random.percent(30, 'little time', batch, attempt);
}

/** Invokes a sandbox as Lambda does, with what goes wrong around it. */
export async function invoke(
  world: World,
  sandbox: Sandbox,
  records: readonly DynamoDBRecord[],
  fields: object | undefined,
  fault: Fault | undefined,
  number: number,
  pass: number,
): Promise<InvocationResult> {
  const { history, scenario, random } = world;
  const budgetMs = isRoomy(world, records) ? ROOMY_MS : scenario.lambda.budgetMs;
  const startedAt = monotonicNow();
  const endsAt = startedAt + budgetMs + RESERVE_MS;
  const indexes = records.map(({ dynamodb }) => world.indexOf(dynamodb?.SequenceNumber));
  const firstNumber = records[0]?.dynamodb?.SequenceNumber;
  const event = JSON.parse(JSON.stringify({ ...fields, Records: records })) as { Records: unknown[] };
  const before = JSON.stringify(event);
  const invocation: Invocation = {
    number,
    pass,
    indexes,
    event,
    records: [...event.Records],
    ...nothingYet(),
    sandbox,
    beginsReported: firstNumber !== undefined && firstNumber === sandbox.reported,
    deadlineAt: endsAt - RESERVE_MS,
    endsAt,
  };
  world.begin(invocation);
  const context = {
    invocation,
    hookThrows: fault === 'answer lost' && scenario.fn.entryPoint === 'router behind Middy',
    awsRequestId: `request-${number}`,
    functionName: 'copy',
    getRemainingTimeInMillis: () => endsAt - monotonicNow(),
  } as unknown as InvocationContext;
  history.count(`invocation of ${scenario.fn.entryPoint}`);
  if (invocation.beginsReported) history.count('batch begins with the record that the sandbox reported');
  if (sandbox.busy++ > 0) history.count('sandbox serves several invocations at once');
  if (sandbox.busy === CROWD) history.count(`${CROWD} invocations at once in one sandbox`);
  if (sandbox.frozen) history.count('sandbox thawed');
  sandbox.thaw();
  history.note(
    `invocation ${number} in sandbox ${sandbox.id}: changes ${indexes.join(', ') || 'none'}${fault === undefined ? '' : ` (${fault})`}`,
  );

  const timers = new Set(sandbox.timers.keys());
  const answer = inside(sandbox, () => call(sandbox, event, context));
  const leftMs = endsAt - monotonicNow();
  const ends: Promise<Outcome>[] = [answer, sleep(leftMs).then(() => 'timed out')];
  // Another invocation of it may have met its end.
  ends.push(sandbox.death.then(() => 'killed'));
  if (fault === 'killed') ends.push(sleep(random.below(30, 'killed', number)).then(() => 'killed'));
  const first = await Promise.race(ends);
  // Code that never waits may outrun its time: Lambda ends it then, except on Managed Instances.
  const outcome = first !== 'killed' && (leftMs <= 0 || monotonicNow() > endsAt) ? 'outran its time' : first;
  invocation.over = true;
  sandbox.busy--;
  history.note(
    `invocation ${number} ends: ${typeof outcome === 'string' ? outcome : JSON.stringify(outcome)}`,
  );
  if (typeof outcome === 'string') {
    if (outcome === 'timed out')
      history.violate('5 deadline', `invocation ${number} did not answer before its timeout`);
    if (scenario.lambda.managed && outcome === 'outran its time') {
      history.count('function ran on past its timeout');
      // It may report a record yet, and Lambda does not hear of it.
      sandbox.reported = undefined;
      return FAILED;
    }
    history.count('sandbox killed with records in flight');
    kill(world, sandbox);
    return FAILED;
  }
  if (!scenario.fn.mutates && JSON.stringify(event) !== before)
    history.violate('10 the event is never mutated', `invocation ${number} changed its event`);
  if ('threw' in outcome) {
    if (!mayThrow(scenario) && !context.hookThrows && fields === undefined)
      history.violate(
        '2 one identifier',
        `invocation ${number} threw instead of reporting: ${String(outcome.threw)}`,
      );
    if (context.hookThrows) history.count('answer lost');
    // The router within the hook may have reported another record, or have got past this one.
    sandbox.reported = undefined;
    rest(sandbox, world);
    return FAILED;
  }
  checkResponse(world, outcome.response, indexes, number);
  checkLeftovers(world, sandbox, invocation, timers);
  sandbox.reported = parseResponse(world, outcome.response, invocation, sandbox);
  switch (fault) {
    case 'answer lost':
      history.count('answer lost');
      rest(sandbox, world);
      return FAILED;
    case 'killed after its answer':
      history.count('sandbox killed after its answer');
      kill(world, sandbox);
      return FAILED;
    case 'hard timeout':
      history.count('hard timeout');
      await sleep(Math.max(0, endsAt - monotonicNow()));
      // On Managed Instances a function past its timeout is not stopped.
      if (!scenario.lambda.managed) kill(world, sandbox);
      return FAILED;
    default:
      rest(sandbox, world);
      return { type: 'returned', response: JSON.parse(JSON.stringify(outcome.response ?? null)) };
  }
}

async function call(sandbox: Sandbox, event: object, context: InvocationContext): Promise<Outcome> {
  try {
    return { response: await sandbox.handler(event as never, context) };
  } catch (threw) {
    return { threw };
  }
}

/** Kills a sandbox: `idempotent` may not have noted the last records. */
function kill({ journal }: World, sandbox: Sandbox): void {
  journal.mayRepeat = true;
  sandbox.kill();
}

/** Lambda freezes a sandbox that has answered. */
function rest(sandbox: Sandbox, { scenario }: World): void {
  if (!scenario.lambda.managed && sandbox.busy === 0) sandbox.freeze();
}

/** In good time nothing is left of an invocation: no timer, and no lock. */
function checkLeftovers(
  world: World,
  sandbox: Sandbox,
  { number, deadlineAt }: Invocation,
  before: ReadonlySet<unknown>,
): void {
  const { history, scenario, notes, lockedBy, answeredLocks } = world;
  const { entryPoint, layers, routes, deafPercent, metrics } = scenario.fn;
  if (sandbox.busy > 0 || deafPercent > 0 || scenario.targets.storeFaultPercent > 0) return;
  if (layers.some(({ kind }) => kind === 'own') || scenario.lambda.clockJumpMs !== 0) return;
  // A request of an earlier invocation may still be under way, and its handler with it.
  if (routes.some(({ detached, sink }) => detached === 'without a signal' && sink !== 'none')) return;
  if (monotonicNow() < deadlineAt + RESERVE_MS / 4 && metrics !== 'fails') {
    for (const note of notes.values())
      if (note.getStatus() === 'INPROGRESS' && lockedBy.get(note) === sandbox && answeredLocks.has(note))
        history.violate('lock', `invocation ${number} left a lock behind`);
  }
  // The processor hands on no signal: handlers here set timers of their own.
  if (entryPoint === 'OrderedStreamProcessor' || monotonicNow() >= deadlineAt) return;
  for (const [timer, dueAt] of sandbox.timers)
    if (!before.has(timer) && dueAt > timersNow() + 20)
      history.violate('handles', `invocation ${number} left a timer of ${dueAt - timersNow()} ms behind`);
}

function checkResponse(
  { history, changes }: World,
  response: unknown,
  indexes: readonly number[],
  number: number,
): void {
  const failures = (response as { readonly batchItemFailures?: unknown } | undefined)?.batchItemFailures;
  const names = indexes.map((index) => changes[index]?.record.dynamodb?.SequenceNumber);
  const isSound =
    Array.isArray(failures) &&
    failures.length <= 1 &&
    failures.every((failure) =>
      names.includes((failure as { readonly itemIdentifier?: string }).itemIdentifier),
    );
  if (!isSound)
    history.violate('2 one identifier', `invocation ${number} answered ${JSON.stringify(response)}`);
}

/** The checkpoint that the sandbox is known to keep; undefined where the simulation cannot know. */
function parseResponse(
  { scenario, changes }: World,
  response: unknown,
  invocation: Invocation,
  sandbox: Sandbox,
): string | undefined {
  const { entryPoint } = scenario.fn;
  // Sandboxes of processBatch share their checkpoints, as they are in one process here; a window keeps none.
  if (entryPoint === 'processBatch' || entryPoint === 'window') return undefined;
  const failures = (
    response as { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] }
  ).batchItemFailures;
  const first = changes[invocation.indexes[0] ?? -1]?.record.dynamodb?.SequenceNumber;
  return failures[0]?.itemIdentifier ?? (sandbox.reported === first ? undefined : sandbox.reported);
}
