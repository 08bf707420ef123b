import { checkAudit } from './checkers/audit.ts';
import { checkFifo } from './checkers/fifo.ts';
import { checkLetters } from './checkers/letters.ts';
import { checkMetrics } from './checkers/metrics.ts';
import { checkOnce } from './checkers/once.ts';
import { Random } from './model/random.ts';
import type { Scenario } from './model/scenario.ts';
import { BEGINNING_MS, CANARY } from './model/table.ts';
import { onVirtualTime, sleep } from './world/clock.ts';
import { History } from './world/history.ts';
import { Mapping } from './world/mapping.ts';
import { replayEverything } from './world/replay.ts';
import { World } from './world/world.ts';

/** How long sandboxes live on after the last delivery: what they left running shows itself. */
const AFTERWARDS_MS = 100_000;

/** Plays a scenario to its end, and returns its history, with the violations. */
export async function play(scenario: Scenario, keepsTimeline = false): Promise<History> {
  const history = new History(BEGINNING_MS, keepsTimeline);
  const onRejection = (reason: unknown): void =>
    history.violate('12 nothing outside', `a rejection was not handled: ${String(reason)}`);
  const onException = (error: unknown): void =>
    history.violate('12 nothing outside', `nothing caught an error: ${String(error)}`);
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
  try {
    await onVirtualTime(BEGINNING_MS, new Random(scenario.seed), async (clock) => {
      const world = new World(scenario, history);
      const mapping = new Mapping(world);
      if (scenario.lambda.clockJumpMs !== 0) {
        void sleep(world.random.below(200, 'jump')).then(() => {
          history.count('clock jumped');
          clock.jump(scenario.lambda.clockJumpMs);
        });
      }
      await mapping.run();
      await sleep(AFTERWARDS_MS);
      if (clock.timers > 0) history.violate('handles', `${clock.timers} timers are left`);
      world.targets.sends.check();
      world.consumers.check();
      mapping.end();
      world.journal.checkEnds();
      mapping.windows.check();
      checkFifo(world);
      checkLetters(world);
      checkAudit(world);
      checkOnce(world);
      checkMetrics(world);
      if (scenario.replays && scenario.fn.entryPoint !== 'window')
        await replayEverything(world, mapping.newSandbox(), mapping.documents);
    });
  } catch (error) {
    history.violate('end', error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    process.off('unhandledRejection', onRejection);
    process.off('uncaughtException', onException);
  }
  if (history.violations.some((violation) => violation.includes(CANARY)))
    history.violate('9 items stay private', 'an error holds item content');
  return history;
}
