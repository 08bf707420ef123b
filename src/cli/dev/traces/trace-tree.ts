import type { DynamoDBRecord } from 'aws-lambda';
import type { PlainSpan } from '../sandbox/plain-span.ts';

/** A span with the spans below it, in the order of their start. */
export interface SpanNode {
  readonly span: PlainSpan;
  readonly children: readonly SpanNode[];
}

/** The trees of an invocation. */
export interface TraceTrees {
  /** A tree for each record that has a span, in the order of their start. */
  readonly records: readonly RecordTree[];
  /** The trees of all other spans, such as the one of the invocation. Those of records are not below them. */
  readonly others: readonly SpanNode[];
}

export interface RecordTree {
  readonly node: SpanNode;
  readonly eventID: string | undefined;
  readonly eventName: string | undefined;
  readonly sequenceNumber: string;
  readonly table: string | undefined;
  /** Of the item. Undefined if the record is not in the event. */
  readonly keys: unknown;
}

/**
 * Builds the trees of spans that ended together. A span whose parent is not among them begins a tree: it is the first one of its
 * trace, or its parent has not ended or has ended before.
 */
export function traceTrees(spans: readonly PlainSpan[], records: readonly DynamoDBRecord[]): TraceTrees {
  const byId = new Map(spans.map((span) => [idOf(span), span]));
  const below = Map.groupBy(spans, (span) => parentIn(byId, span));
  const nodeOf = (span: PlainSpan): SpanNode => ({
    span,
    children: inOrder(below.get(idOf(span)) ?? []).map(nodeOf),
  });
  const recordBy = new Map(records.map((record) => [record.eventID, record]));
  return {
    records: inOrder(spans.filter((span) => sequenceNumberOf(span) !== undefined)).map((span) =>
      recordTree(nodeOf(span), recordBy),
    ),
    others: inOrder(below.get(undefined) ?? [])
      .filter((span) => sequenceNumberOf(span) === undefined)
      .map(nodeOf),
  };
}

/** The id of the span that this one is below. The span of a record begins a tree of its own. */
function parentIn(byId: ReadonlyMap<string, PlainSpan>, span: PlainSpan): string | undefined {
  const { traceId, parentSpanId } = span;
  if (parentSpanId === undefined || sequenceNumberOf(span) !== undefined) return undefined;
  const id = `${traceId} ${parentSpanId}`;
  return byId.has(id) ? id : undefined;
}

function recordTree(node: SpanNode, records: ReadonlyMap<string | undefined, DynamoDBRecord>): RecordTree {
  const { attributes } = node.span;
  const eventID = textOf(attributes['messaging.message.id']);
  const record = records.get(eventID);
  return {
    node,
    eventID,
    eventName: textOf(attributes['streamlane.event_name']),
    sequenceNumber: sequenceNumberOf(node.span) as string,
    table: textOf(attributes['messaging.destination.name']),
    keys: record?.dynamodb?.Keys,
  };
}

/** Only the spans that `tracing` makes for records have one. */
function sequenceNumberOf({ attributes }: PlainSpan): string | undefined {
  return textOf(attributes['streamlane.sequence_number']);
}

function idOf({ traceId, spanId }: PlainSpan): string {
  return `${traceId} ${spanId}`;
}

function inOrder(spans: readonly PlainSpan[]): readonly PlainSpan[] {
  return spans.toSorted((a, b) => a.startMs - b.startMs);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
