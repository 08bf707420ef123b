import type { DynamoDBRecord } from 'aws-lambda';
import type { AcceptedMessage } from '../../../emulators/accepted-messages.ts';
import { count } from '../../terminal/count.ts';
import type { Style } from '../../terminal/style.ts';
import type { OutputMask } from '../output-mask.ts';
import type { CollectedSpans, PlainSpan } from '../sandbox/plain-span.ts';
import { formatOtherTree, formatRecordTree, type TraceFormat } from './format-trace.ts';
import { maskedSpan } from './masked-span.ts';
import { type MessagesOfSpan, SpanMessages } from './span-messages.ts';
import { otherTreeJson, recordTreeJson } from './trace-json.ts';
import { type TraceTrees, traceTrees } from './trace-tree.ts';

export interface TraceReportOptions {
  readonly style: Style;
  /** Shows all trees and attributes. */
  readonly verbose: boolean;
  /** Writes events as JSON, and not as lines. */
  readonly json: boolean;
  /** Of the table, partition key first. */
  readonly keyNames: readonly string[];
  readonly mask: OutputMask;
  /** Writes a line. */
  readonly onLine: (text: string) => void;
  /** Writes a hint, beside the lines. */
  readonly onNote: (text: string) => void;
  /** Writes an event of this name. */
  readonly onEvent: (event: 'trace', fields: object) => void;
}

// Of one invocation.
const MAX_TREES = 10;

const NO_SPANS =
  'These records have no span. Records that no route takes have none. If routes take them, add this before all other middleware: ' +
  "router.use(tracing({ parent: 'traceparent' })), from streamlane/opentelemetry.";
const UNSAMPLED =
  'The sampler of the OpenTelemetry setup of the handler drops spans, so their traces are not shown.';

/** Shows the spans of invocations, as a tree for each record: `--traces`. */
export class TraceReport {
  readonly #options: TraceReportOptions;
  readonly #messages: SpanMessages = new SpanMessages();
  readonly #said: Set<string> = new Set();
  /** True once a record had a span: the router has the middleware. */
  #traces = false;

  constructor(options: TraceReportOptions) {
    this.#options = options;
  }

  /** Servers have accepted messages, of which each may name the span of its record. */
  accepted(messages: readonly AcceptedMessage[]): void {
    this.#messages.add(messages);
  }

  /** An invocation has ended, and these spans with it. */
  add({ spans, left, unsampled }: CollectedSpans, event: unknown): void {
    const records = recordsOf(event);
    const trees = traceTrees(this.#options.mask.hidesMadeValues ? spans.map(maskedSpan) : spans, records);
    if (this.#options.json) this.#writeEvents(trees);
    else this.#writeLines(trees);
    this.#traces ||= trees.records.length > 0;
    if (left > 0) this.#options.onNote(`Not shown: ${count(left, 'more span')} of this invocation.`);
    if (unsampled > 0) this.#sayOnce(UNSAMPLED);
    else if (!this.#traces && records.length > 0 && left === 0) this.#sayOnce(NO_SPANS);
  }

  #writeLines({ records, others }: TraceTrees): void {
    const { style, verbose, keyNames, mask, onLine } = this.#options;
    const format: TraceFormat = { style, verbose, keyNames, messagesOf: (span) => this.#messagesOf(span) };
    const texts = [
      ...records.map((tree) => () => formatRecordTree({ ...tree, keys: mask.keys(tree.keys) }, format)),
      ...others.map((node) => () => formatOtherTree(node, format)),
    ];
    const shown = verbose ? texts : texts.slice(0, MAX_TREES);
    for (const line of shown.flatMap((lines) => lines())) onLine(line);
    const hidden = texts.length - shown.length;
    if (hidden > 0) {
      onLine(
        style('dim', `    and ${count(hidden, 'more trace')} of this invocation  (--verbose prints them)`),
      );
    }
  }

  #writeEvents({ records, others }: TraceTrees): void {
    const messagesOf = (span: PlainSpan): MessagesOfSpan => this.#messagesOf(span);
    for (const tree of records) this.#options.onEvent('trace', recordTreeJson(tree, messagesOf));
    for (const node of others) this.#options.onEvent('trace', otherTreeJson(node, messagesOf));
  }

  #messagesOf(span: PlainSpan): MessagesOfSpan {
    return this.#messages.take(span);
  }

  #sayOnce(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#options.onNote(text);
  }
}

function recordsOf(event: unknown): readonly DynamoDBRecord[] {
  const { Records } = (event ?? {}) as { readonly Records?: unknown };
  return Array.isArray(Records) ? Records : [];
}
