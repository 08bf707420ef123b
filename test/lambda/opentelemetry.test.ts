import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventOf } from '../fixtures/events.ts';
import { type Bundles, bundles, FORMATS } from './bundled-functions.ts';
import { failedAt } from './events.ts';
import { Sandbox } from './sandbox.ts';

let functions: Bundles;

beforeAll(async () => {
  functions = await bundles('traced-function.ts');
});

afterAll(() => functions?.remove());

const WRITER = '0af7651916cd43dd8448eb211c80319c';
const LAYER = pathToFileURL(join(import.meta.dirname, 'opentelemetry-layer.ts')).href;

test.each(FORMATS)(
  'the spans of a layer are exported before the answer, with a function in %s',
  async (format) => {
    const sandbox = await Sandbox.start({
      folder: functions.folders[format],
      handler: 'index.handler',
      environment: { NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import ${LAYER}` },
    });
    try {
      const traceparent = { S: `00-${WRITER}-b7ad6b7169203331-01` };
      const event = eventOf(
        { id: 'a', newImage: { id: { S: 'a' }, traceparent } },
        { id: 'b', newImage: { id: { S: 'bad' } } },
      );
      const { payload } = await sandbox.invoke({ requestId: 'r-1', event: JSON.stringify(event) });
      expect(payload, sandbox.log).toBe(failedAt(1));
      // The process is stopped now, as Lambda freezes it.
      const spans = [...sandbox.log.matchAll(/^span (.+)$/gm)].map(([, json = '']) => JSON.parse(json));
      const invocation = spans.find(({ name }) => name === 'invoices');
      const records = spans.filter(({ name }) => name === 'process Invoices');
      expect(records, sandbox.log).toMatchObject([
        {
          parentSpanId: invocation.spanId,
          traceId: invocation.traceId,
          status: { code: 0 },
          linked: [WRITER],
        },
        { parentSpanId: invocation.spanId, traceId: invocation.traceId, status: { code: 2 }, linked: [] },
      ]);
    } finally {
      await sandbox.stop();
    }
  },
);
