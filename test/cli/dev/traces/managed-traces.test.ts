import { expect, test } from 'vitest';
import { EXIT } from '../../../../src/cli/errors/exit-codes.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import { inProcess } from '../../in-process.ts';
import { spawned } from '../../spawned.ts';
import { codeOf, STREAMLANE } from '../code.ts';

interface TraceEvent {
  readonly record?: { readonly sequenceNumber: string };
  readonly span: {
    readonly name: string;
    readonly children: readonly TraceEvent['span'][];
    readonly attributes: object;
  };
}

test('with --workers, invocations that overlap in threads give each record its own spans', async () => {
  const code = codeOf({
    'handler.ts': `import { threadId } from 'node:worker_threads';
      import { setTimeout } from 'node:timers/promises';
      import { trace } from ${JSON.stringify(import.meta.resolve('@opentelemetry/api'))};
      import { streamRouter } from ${STREAMLANE};
      import { tracing } from ${STREAMLANE.replace('index.ts', 'opentelemetry/index.ts')};
      export const handler = streamRouter({ logger: false })
        .use(tracing({ attributes: ({ keys }) => ({ item: keys.id, threadId }) }))
        .onInsert(({ newImage: { id } }) =>
          trace.getTracer('mine').startActiveSpan('charge', { attributes: { item: id } }, async (span) => {
            await setTimeout(300);
            span.end();
          }),
        );`,
  });
  const command = spawned([
    ...['dev', code.path('handler.ts'), '--table', 'Managed', '--create', 'id', '--traces', '--json'],
    ...['--workers', '2', '--parallelization-factor', '8', '--batch-size', '1'],
  ]);
  await command.seen(/"event":"started"/);
  const ids = Array.from({ length: 12 }, (_, number) => `item-${number}`);
  const items = ids.map((id) => JSON.stringify({ id })).join('\n');
  expect(await inProcess(['put', 'Managed', '--file', '-'], { input: items }).ended()).toMatchObject({
    code: EXIT.ok,
  });
  await eventually(() => expect(command.stdout().match(/"event":"trace"/g)).toHaveLength(ids.length));
  command.interrupt();
  const { code: exitCode, stdout } = await command.ended();
  expect(exitCode).toBe(EXIT.ok);
  const traces = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"event":"trace"'))
    .map((line) => JSON.parse(line) as TraceEvent);
  expect(traces.map(({ record }) => record?.sequenceNumber)).not.toContain(undefined);
  const itemsOf = traces.map(({ span }) => [span, ...span.children].map(({ attributes }) => attributes));
  expect(itemsOf.map(([own]) => (own as { item: string }).item).toSorted()).toEqual(ids.toSorted());
  for (const [own, child, ...more] of itemsOf) {
    expect(child).toMatchObject({ item: (own as { item: string }).item });
    expect(more).toEqual([]);
  }
  expect(new Set(itemsOf.map(([own]) => (own as { threadId: number }).threadId)).size).toBe(2);
}, 60_000);
