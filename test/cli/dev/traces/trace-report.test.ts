import { expect, test } from 'vitest';
import { NO_OUTPUT_MASK, type OutputMask, outputMaskOf } from '../../../../src/cli/dev/output-mask.ts';
import { TraceReport } from '../../../../src/cli/dev/traces/trace-report.ts';
import type { AcceptedMessage } from '../../../../src/emulators/accepted-messages.ts';
import { collected, recordSpanOf, spanId, spanOf, traceparent, WRITER } from './spans.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

function reportOf(
  more: { readonly verbose?: boolean; readonly json?: boolean; readonly mask?: OutputMask } = {},
) {
  const lines: string[] = [];
  const notes: string[] = [];
  const events: object[] = [];
  const report = new TraceReport({
    style: (_format, text) => text,
    verbose: false,
    json: false,
    keyNames: ['invoiceId'],
    mask: NO_OUTPUT_MASK,
    onLine: (text) => void lines.push(text),
    onNote: (text) => void notes.push(text),
    onEvent: (event, fields) => void events.push({ event, ...fields }),
    ...more,
  });
  return { report, lines, notes, events };
}

/** The event of an invocation with these records. */
const eventOf = (...numbers: readonly number[]) => ({
  Records: numbers.map((number) => ({
    eventID: `event-${number}`,
    eventName: 'INSERT',
    dynamodb: { Keys: { invoiceId: { S: `INV-${number}` } } },
  })),
});

const messageOf = (number: number, id: string, more: Partial<AcceptedMessage> = {}): AcceptedMessage => ({
  service: 'sns',
  name: 'payments',
  id,
  groupId: undefined,
  body: '{}',
  traceparent: traceparent(number),
  ...more,
});

test('the tree of a record goes from its writer over the table to the spans and messages of its handler', () => {
  const { report, lines, notes } = reportOf();
  report.accepted([messageOf(1, 'm-1'), messageOf(3, 'm-2', { service: 'sqs', name: 'outbox' })]);
  const spans = [
    spanOf(3, { parentSpanId: spanId(2), name: 'inner', status: 'ok' }),
    spanOf(2, {
      parentSpanId: spanId(1),
      name: 'charge',
      durationMs: 41.7,
      attributes: { 'card.kind': 'x', tries: 2 },
    }),
    recordSpanOf(1, { links: [WRITER], durationMs: 42.4 }),
  ];
  report.add(collected(spans), eventOf(1));
  expect(lines).toEqual([
    `    writer  trace ${'a'.repeat(32)}  span ${'b'.repeat(16)}`,
    '    └─ Invoices  INSERT invoiceId="INV-1"',
    `       └─ process Invoices  42 ms  trace ${TRACE}  span ${spanId(1)}`,
    '          ├─ charge  42 ms',
    '          │  │  card.kind: x',
    '          │  │  tries: 2',
    '          │  └─ inner  1 ms  ok',
    '          │     └─ SQS outbox  message m-2',
    '          └─ SNS payments  message m-1',
  ]);
  expect(notes).toEqual([]);
});

test('a record that failed says why, and one without a link that its writer is not known', () => {
  const { report, lines } = reportOf();
  const failed = recordSpanOf(1, {
    status: 'error',
    statusMessage: 'negative',
    attributes: { 'error.type': 'RangeError' },
  });
  report.add(collected([failed, recordSpanOf(2, { status: 'error' })]), eventOf(1));
  expect(lines).toEqual([
    '    writer  not known',
    '    └─ Invoices  INSERT invoiceId="INV-1"',
    `       └─ process Invoices  1 ms  error: negative  trace ${TRACE}  span ${spanId(1)}`,
    '             error.type: RangeError',
    '    writer  not known',
    // The event has no such record.
    '    └─ Invoices  INSERT sequence number 2',
    `       └─ process Invoices  1 ms  error  trace ${TRACE}  span ${spanId(2)}`,
  ]);
});

test('a replayed record has a link to its first span too, and links of other spans are lines of them', () => {
  const { report, lines } = reportOf();
  const link = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) };
  report.add(
    collected([
      recordSpanOf(1, { links: [WRITER, { ...link, role: 'replayed' }] }),
      spanOf(2, { parentSpanId: spanId(1), links: [{ ...link, role: undefined }] }),
    ]),
    eventOf(1),
  );
  expect(lines).toEqual([
    `    writer  trace ${'a'.repeat(32)}  span ${'b'.repeat(16)}`,
    `    │  replayed from  trace ${link.traceId}  span ${link.spanId}`,
    '    └─ Invoices  INSERT invoiceId="INV-1"',
    `       └─ process Invoices  1 ms  trace ${TRACE}  span ${spanId(1)}`,
    '          └─ span 2  1 ms',
    `                link  trace ${link.traceId}  span ${link.spanId}`,
  ]);
});

test('a span whose parent is not known begins a tree, and records are not below the span of their invocation', () => {
  const { report, lines } = reportOf();
  report.add(
    collected([
      recordSpanOf(2, {
        parentSpanId: spanId(1),
        attributes: { 'messaging.destination.name': 7, 'streamlane.event_name': 7 },
      }),
      spanOf(1, { name: 'on-change' }),
      spanOf(4, { name: 'orphan', parentSpanId: spanId(9) }),
      // Neither has a beginning: they are not shown, and nothing hangs.
      spanOf(5, { parentSpanId: spanId(6) }),
      spanOf(6, { parentSpanId: spanId(5) }),
    ]),
    eventOf(2),
  );
  expect(lines.map((line) => line.replace(/ {2}trace.*/, ''))).toEqual([
    '    writer  not known',
    '    └─ record  record invoiceId="INV-2"',
    '       └─ process Invoices  1 ms',
    '    on-change  1 ms',
    '    orphan  1 ms',
  ]);
});

test('a span is shown once, whatever ids the spans have', () => {
  const { report, lines } = reportOf();
  report.add(
    collected([
      spanOf(1, { name: 'root' }),
      // The same id as its parent, which it is below.
      spanOf(1, { name: 'twin', parentSpanId: spanId(1) }),
      spanOf(2, { name: 'child', parentSpanId: spanId(1) }),
      spanOf(2, { name: 'second child', parentSpanId: spanId(1) }),
      spanOf(3, { name: 'leaf', parentSpanId: spanId(2) }),
      spanOf(7, { name: 'its own parent', parentSpanId: spanId(7) }),
    ]),
    {},
  );
  expect(lines.map((line) => line.replace(/ {2}1 ms.*/, ''))).toEqual([
    '    root',
    '    ├─ twin',
    '    ├─ child',
    '    │  └─ leaf',
    '    └─ second child',
  ]);
});

test('a chain of 2,000 spans, each below the one before, is 20 trees of 100 levels', () => {
  const chain = Array.from({ length: 2000 }, (_, index) =>
    spanOf(index + 1, index > 0 ? { parentSpanId: spanId(index) } : {}),
  );
  const asLines = reportOf({ verbose: true });
  asLines.report.add(collected(chain), {});
  expect(asLines.lines).toHaveLength(2000);
  const asJson = reportOf({ json: true });
  asJson.report.add(collected(chain), {});
  expect(asJson.events).toHaveLength(20);
  expect(asJson.events[1]).toMatchObject({ span: { name: 'span 101', parentSpanId: spanId(100) } });
  expect(JSON.stringify(asJson.events).match(/"name":"span \d+"/g)).toHaveLength(2000);
});

test('--verbose shows all attributes', () => {
  const { report, lines } = reportOf({ verbose: true });
  report.add(collected([recordSpanOf(1)]), eventOf(1));
  expect(lines).toContain('             streamlane.sequence_number: 1');
});

test('of the traces of one invocation ten are shown, and with --verbose all', () => {
  const spans = Array.from({ length: 12 }, (_, index) => recordSpanOf(index));
  const { report, lines } = reportOf();
  report.add(collected(spans, { left: 3 }), eventOf(1));
  expect(lines.filter((line) => line.includes('process Invoices'))).toHaveLength(10);
  expect(lines.at(-1)).toBe('    and 2 more traces of this invocation  (--verbose prints them)');
  const all = reportOf({ verbose: true });
  all.report.add(collected(spans, { left: 3 }), eventOf(1));
  expect(all.lines.filter((line) => line.includes('─ process Invoices'))).toHaveLength(12);
  expect(all.notes).toEqual(['Not shown: 3 more spans of this invocation.']);
});

test('for records without a span it says once how to add tracing', () => {
  const { report, notes } = reportOf();
  report.add(collected([], { left: 1 }), eventOf(1));
  expect(notes.splice(0)).toEqual(['Not shown: 1 more span of this invocation.']);
  report.add(collected([]), eventOf(1));
  report.add(collected([spanOf(1)]), eventOf(1));
  expect(notes).toEqual([expect.stringContaining("router.use(tracing({ parent: 'traceparent' }))")]);
});

test('a router whose records had spans is not told how to add tracing, if a record takes no route', () => {
  const { report, notes } = reportOf();
  report.add(collected([recordSpanOf(1)]), eventOf(1));
  report.add(collected([]), eventOf(2));
  expect(notes).toEqual([]);
});

test.each([undefined, null, {}, { Records: 'none' }])(
  'an event without records, %j, needs no span',
  (event) => {
    const { report, notes, lines } = reportOf();
    report.add(collected([]), event);
    expect([...notes, ...lines]).toEqual([]);
  },
);

test('spans that a sampler has dropped are said once, and not taken for missing tracing', () => {
  const { report, notes } = reportOf();
  report.add(collected([], { unsampled: 2 }), eventOf(1));
  report.add(collected([], { unsampled: 2 }), eventOf(1));
  expect(notes).toEqual([
    'The sampler of the OpenTelemetry setup of the handler drops spans, so their traces are not shown.',
  ]);
});

test('of the messages of one span the first five are shown', () => {
  const { report, lines } = reportOf();
  report.accepted(Array.from({ length: 7 }, (_, index) => messageOf(1, `m-${index}`)));
  report.add(collected([recordSpanOf(1)]), eventOf(1));
  expect(lines.slice(3)).toEqual([
    ...[0, 1, 2, 3, 4].map((index) => `          ├─ SNS payments  message m-${index}`),
    '          └─ and 2 more messages',
  ]);
});

test('messages wait for their span in bounded memory, and those without a context are left out', () => {
  const { report, lines } = reportOf();
  report.accepted([messageOf(1, 'oldest')]);
  report.accepted([
    messageOf(2, 'malformed', { traceparent: '00-xyz' }),
    { ...messageOf(2, 'none'), traceparent: undefined } as never,
  ]);
  report.accepted(Array.from({ length: 10_000 }, (_, index) => messageOf(index + 2, `m-${index + 2}`)));
  report.accepted([messageOf(10_001, 'second')]);
  report.add(collected([recordSpanOf(1), recordSpanOf(2), recordSpanOf(10_001)]), eventOf(1));
  const messages = lines.filter((line) => line.includes('message'));
  expect(messages.map((line) => line.replace(/.*message /, ''))).toEqual(['m-2', 'm-10001', 'second']);
});

test('with --json each tree is an event, with ids and messages but without keys', () => {
  const { report, lines, events } = reportOf({ json: true });
  report.accepted(Array.from({ length: 6 }, (_, index) => messageOf(1, `m-${index}`)));
  const child = spanOf(2, { parentSpanId: spanId(1) });
  report.add(
    collected([recordSpanOf(1, { links: [WRITER] }), child, spanOf(3), recordSpanOf(4)]),
    eventOf(1),
  );
  expect(lines).toEqual([]);
  expect(events).toEqual([
    {
      event: 'trace',
      record: { eventID: 'event-1', eventName: 'INSERT', sequenceNumber: '1', table: 'Invoices' },
      writer: { traceId: WRITER.traceId, spanId: WRITER.spanId },
      span: {
        ...recordSpanOf(1, { links: [WRITER] }),
        children: [{ ...child, children: [], messages: [] }],
        messages: [0, 1, 2, 3, 4].map((index) => ({
          service: 'sns',
          name: 'payments',
          messageId: `m-${index}`,
        })),
        moreMessages: 1,
      },
    },
    expect.objectContaining({ record: expect.objectContaining({ sequenceNumber: '4' }) }),
    { event: 'trace', span: { ...spanOf(3), children: [], messages: [] } },
  ]);
  expect(JSON.stringify(events)).not.toContain('INV-1');
});

test.each([true, false])(
  'a mask hides the keys it names, and all values that code has made; as JSON: %s',
  (json) => {
    const { report, lines, events } = reportOf({ json, verbose: true, mask: outputMaskOf('invoiceId') });
    const failed = recordSpanOf(1, {
      status: 'error',
      statusMessage: 'Error: secret',
      attributes: {
        'faas.document.name': '{"invoiceId":"secret"}',
        'from.item': ['secret'],
        'error.type': 'Error',
      },
    });
    const child = spanOf(2, { parentSpanId: spanId(1), attributes: { deep: 'secret' }, status: 'error' });
    report.add(
      collected([failed, child, spanOf(3, { statusMessage: 'secret', status: 'error' })]),
      eventOf(1),
    );
    const printed = [...lines, JSON.stringify(events)].join('\n');
    expect(printed).not.toMatch(/secret|INV-1/);
    expect(printed).toMatch(json ? /"from.item":"•••"/ : /invoiceId="•••"/);
    expect(printed).toMatch(json ? /"error.type":"Error"/ : /error: •••/);
  },
);

test('a mask leaves other keys as they are, also where they are not a map', () => {
  const { keys } = outputMaskOf('email');
  expect([{ id: { S: 'x' } }, undefined, null, 'text'].map(keys)).toEqual([
    { id: { S: 'x' } },
    undefined,
    null,
    'text',
  ]);
  expect(() => outputMaskOf('a,,b')).toThrow(/^--mask names of attributes are expected/);
});
