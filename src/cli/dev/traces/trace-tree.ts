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

// Thousands of levels would end the stack, and each one is indented.
const MAX_LEVELS = 100;

/**
 * Builds the trees of spans that ended together. A span whose parent is not among them begins a tree: it is the first one of its
 * trace, its parent has not ended or has ended before, or there are too many levels above it.
 */
export function traceTrees(spans: readonly PlainSpan[], records: readonly DynamoDBRecord[]): TraceTrees {
  const byId = new Map(spans.map((span) => [idOf(span), span]));
  const below = Map.groupBy(spans, (span) => parentIn(byId, span));
  const tooDeep: PlainSpan[] = [];
  const nodeOf = (span: PlainSpan, level = 1): SpanNode => {
    const id = idOf(span);
    const children = inOrder(below.get(id) ?? []);
    // Each span is shown once, also if another one has the same id: it may be below itself then.
    below.delete(id);
    if (level < MAX_LEVELS) return { span, children: children.map((child) => nodeOf(child, level + 1)) };
    tooDeep.push(...children);
    return { span, children: [] };
  };
  const recordBy = new Map(records.map((record) => [record.eventID, record]));
  const trees = inOrder(spans.filter((span) => sequenceNumberOf(span) !== undefined)).map((span) =>
    recordTree(nodeOf(span), recordBy),
  );
  const others = inOrder(below.get(undefined) ?? [])
    .filter((span) => sequenceNumberOf(span) === undefined)
    .map((span) => nodeOf(span));
  // The list grows meanwhile.
  for (const span of tooDeep) others.push(nodeOf(span));
  return { records: trees, others };
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
