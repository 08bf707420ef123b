import { LABELS } from '../../servers/accepted-messages.ts';
import { count } from '../../terminal/count.ts';
import { keysText } from '../../terminal/keys-text.ts';
import type { Style } from '../../terminal/style.ts';
import type { PlainLink, PlainSpan } from '../sandbox/plain-span.ts';
import type { MessagesOfSpan } from './span-messages.ts';
import type { RecordTree, SpanNode } from './trace-tree.ts';

export interface TraceFormat {
  readonly style: Style;
  /** Shows all attributes. */
  readonly verbose: boolean;
  /** Of the table, partition key first. */
  readonly keyNames: readonly string[];
  /** Gives the messages that carry the context of a span. */
  readonly messagesOf: (span: PlainSpan) => MessagesOfSpan;
}

/** A line with the lines below it. */
interface Branch {
  readonly text: string;
  /** Lines of its own that are no branches. */
  readonly more?: readonly string[];
  readonly branches: readonly Branch[];
}

/** The attributes of each record, which say what the tree itself shows. */
const KNOWN =
  /^(messaging\.|faas\.(trigger|document\.(collection|operation|time))$|aws\.dynamodb\.|streamlane\.(event_name|sequence_number)$)/;

/**
 * The trace of a record as lines: its writer, the table, the span of the record, and what its handler has sent.
 *
 * ```text
 *     writer  trace 0af7651916cd43dd8448eb211c80319c  span b7ad6b7169203331
 *     └─ Invoices  INSERT invoiceId="INV-1"
 *        └─ process Invoices  12 ms  trace 5b8aa5a2d2c872e8321cf37308d69df2  span 051581bf3cb55c13
 *           └─ SNS payments  message 1d6b0a4e-38ff-4b0b-a2a5-3a2c7d1b4a52
 * ```
 */
export function formatRecordTree(tree: RecordTree, format: TraceFormat): readonly string[] {
  const { node, eventName, sequenceNumber, table, keys } = tree;
  const item = keysText(keys, format.keyNames) ?? keysText(keys) ?? `sequence number ${sequenceNumber}`;
  const record: Branch = {
    text: `${format.style('bold', table ?? 'record')}  ${eventName ?? 'record'} ${item}`,
    branches: [branchOf(node, format, true)],
  };
  const links = node.span.links.filter(({ role }) => role !== undefined);
  const [first, ...others] = links.length === 0 ? ['writer  not known'] : links.map(linkText);
  const root: Branch = { text: format.style('dim', first as string), more: others, branches: [record] };
  return linesOf(root);
}

/** Spans that are not of a record, as lines. */
export function formatOtherTree(node: SpanNode, format: TraceFormat): readonly string[] {
  return linesOf(branchOf(node, format, true));
}

function branchOf({ span, children }: SpanNode, format: TraceFormat, isFirst: boolean): Branch {
  const { style } = format;
  const { first, left } = format.messagesOf(span);
  const messages = first.map(({ service, name, id }): string => {
    return `${style('cyan', LABELS[service])} ${name}  ${style('dim', `message ${id}`)}`;
  });
  const more = left > 0 ? [style('dim', `and ${count(left, 'more message')}`)] : [];
  const links = span.links.filter(({ role }) => role === undefined).map(linkText);
  return {
    text: spanText(span, format, isFirst),
    more: [...links, ...attributeTexts(span, format)].map((text) => style('dim', text)),
    branches: [
      ...children.map((child) => branchOf(child, format, false)),
      ...[...messages, ...more].map((text) => ({ text, branches: [] })),
    ],
  };
}

/** @param isFirst the first span of a tree has the trace id, which those below it share */
function spanText(span: PlainSpan, { style }: TraceFormat, isFirst: boolean): string {
  const { name, durationMs, status, statusMessage, traceId, spanId } = span;
  const error = statusMessage ? `error: ${statusMessage}` : 'error';
  return [
    name,
    duration(durationMs),
    ...(status === 'unset' ? [] : [status === 'ok' ? style('green', 'ok') : style('red', error)]),
    ...(isFirst ? [style('dim', `trace ${traceId}  span ${spanId}`)] : []),
  ].join('  ');
}

function attributeTexts({ attributes }: PlainSpan, { verbose }: TraceFormat): readonly string[] {
  const shown = Object.entries(attributes).filter(([name]) => verbose || !KNOWN.test(name));
  return shown.map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
}

function linkText({ traceId, spanId, role }: PlainLink): string {
  const name = role === 'replayed' ? 'replayed from' : (role ?? 'link');
  return `${name}  trace ${traceId}  span ${spanId}`;
}

function linesOf({ text, more = [], branches }: Branch, first = '    ', rest = '    '): readonly string[] {
  const bar = branches.length > 0 ? '│  ' : '   ';
  return [
    `${first}${text}`,
    ...more.map((line) => `${rest}${bar}${line}`),
    ...branches.flatMap((branch, index) =>
      index === branches.length - 1
        ? linesOf(branch, `${rest}└─ `, `${rest}   `)
        : linesOf(branch, `${rest}├─ `, `${rest}│  `),
    ),
  ];
}

function duration(ms: number): string {
  return ms < 10 ? `${Number(ms.toFixed(1))} ms` : `${Math.round(ms)} ms`;
}
