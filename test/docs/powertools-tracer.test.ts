// The function under "With Powertools Tracer" of docs/observability.md, whose segments a daemon of the test gets.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventOf } from '../fixtures/events.ts';
import { eventually } from '../fixtures/eventually.ts';
import { type Block, blocksOf, PAGES } from './markdown.ts';
import { createSnippetProject, type SnippetProject } from './snippets.ts';

/** A part of a trace, as X-Ray gets it. */
interface Segment {
  readonly id: string;
  readonly name: string;
  readonly trace_id?: string;
  readonly fault?: boolean;
  readonly parent_id?: string;
  readonly subsegments?: readonly Segment[];
}

/** The daemon of X-Ray: a header, a line break, and a segment in each datagram. */
async function startDaemon() {
  const socket = createSocket('udp4');
  const segments: Segment[] = [];
  socket.on('message', (datagram) => {
    const [, segment = '{}'] = datagram.toString().split('\n', 2);
    segments.push(JSON.parse(segment));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { segments, port: socket.address().port, [Symbol.dispose]: () => void socket.close() };
}

const all = (segments: readonly Segment[]): readonly Segment[] =>
  segments.flatMap((segment) => [segment, ...all(segment.subsegments ?? [])]);

/** The variables of Lambda, with a sampled trace. */
const LAMBDA = {
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'invoices',
  AWS_REGION: 'eu-central-1',
  LAMBDA_TASK_ROOT: '/var/task',
  _HANDLER: 'index.handler',
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
};

const pages = PAGES.flatMap(blocksOf).filter(({ language }) => language === 'ts');
const block = pages.find(({ code }) => code.includes('captureLambdaHandler(tracer)')) as Block;
/** The files that it imports. */
const files = pages.filter(({ code }) => /^\/\/ (invoice|payments)\.ts\n/.test(code));
let project: SnippetProject;

beforeAll(() => {
  project = createSnippetProject([block, ...files]);
});

afterAll(() => project?.remove());

test('the function of the page sends a segment for its invocation and one for each record', async () => {
  using daemon = await startDaemon();
  const { response, output } = await project.run(block, {
    ...LAMBDA,
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.port}`,
  });
  expect(response, output).toEqual({ batchItemFailures: [] });
  // The event has six records, in three lanes that overlap.
  await eventually(() => {
    expect(all(daemon.segments).filter(({ name }) => name === 'process Invoices')).toHaveLength(6);
    expect(daemon.segments.map(({ name }) => name)).toContain('## index.handler');
  });
  const invocation = daemon.segments.find(({ name }) => name === '## index.handler');
  expect(invocation?.parent_id).toBe('53995c3f42cd8ad8');
  // A segment that is sent alone names its parent; the others are within it.
  const alone = daemon.segments.filter(({ name }) => name === 'process Invoices');
  expect(alone.filter(({ parent_id }) => parent_id !== invocation?.id)).toEqual([]);
  expect((invocation?.subsegments ?? []).length + alone.length).toBe(6);
  expect(new Set(daemon.segments.map(({ trace_id }) => trace_id))).toEqual(
    new Set(['1-5759e988-bd862e3fe1be46a994272793']),
  );
  // No part of an item is in them.
  expect(JSON.stringify(daemon.segments)).not.toContain('INV-');
});

test('the segment of a record that fails says so', async () => {
  using daemon = await startDaemon();
  const event = eventOf({ newImage: { total: { N: '1' } } }, { newImage: { total: {} as never } });
  const { response, output } = await project.run(block, {
    ...LAMBDA,
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.port}`,
    SNIPPET_EVENT: JSON.stringify(event),
  });
  expect(response?.batchItemFailures, output).toHaveLength(1);
  await eventually(() => {
    const records = all(daemon.segments).filter(({ name }) => name === 'process Invoices');
    expect(records.map(({ fault }) => fault === true).toSorted()).toEqual([false, true]);
  });
});
