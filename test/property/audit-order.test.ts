import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AuditEntry, auditTrail } from '../../src/audit/index.ts';
import { streamRouter } from '../../src/index.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { deliver } from '../fixtures/lambda.ts';
import { batchPlans, recordsOf } from '../fixtures/plans.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

test('with a sink that fails at random, every change is recorded, in order within its item, and repeated only identically', {
  timeout: PROPERTY_TIMEOUT_MS,
}, async () => {
  const scenario = fc.record({
    plan: batchPlans({ maxRecords: 60, maxItems: 8 }),
    failing: fc.infiniteStream(
      fc.nat(9).map((roll) => roll === 0),
      { noHistory: true },
    ),
    delays: fc.infiniteStream(fc.nat(2), { noHistory: true }),
    restarts: fc.infiniteStream(
      fc.nat(3).map((roll) => roll === 0),
      { noHistory: true },
    ),
    asMiddleware: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ plan, failing, delays, restarts, asMiddleware }) => {
      const accepted: AuditEntry[] = [];
      const sink: Sink = {
        target: 'at random',
        async send(message) {
          for (let turns = delays.next().value; turns > 0; turns--) await new Promise(setImmediate);
          // Accepted, and yet the answer may be lost.
          const fails = failing.next().value;
          if (!fails || delays.next().value > 0) accepted.push(message as AuditEntry);
          if (fails) throw new Error('not now');
        },
      };
      const audit = auditTrail(sink);
      const sandbox = () =>
        asMiddleware
          ? streamRouter({ logger: quiet }).use(audit)
          : streamRouter({ logger: quiet }).onInsert(audit).onModify(audit).onRemove(audit);
      let router = sandbox();
      await deliver(recordsOf(plan), {
        partialResponses: true,
        bisectBatchOnFunctionError: false,
        sandbox: () => {
          if (restarts.next().value) router = sandbox();
          return router;
        },
      });

      const byKey = new Map<string, AuditEntry>();
      const latest = new Map<string, string>();
      for (const entry of accepted) {
        const key = `${entry.itemKey} ${entry.position}`;
        const before = byKey.get(key);
        if (before !== undefined) expect(entry).toEqual(before);
        else {
          expect(entry.position > (latest.get(entry.itemKey) ?? '')).toBe(true);
          latest.set(entry.itemKey, entry.position);
        }
        byKey.set(key, entry);
      }
      expect(byKey.size).toBe(plan.records.length);
    }),
    runs(150),
  );
});
