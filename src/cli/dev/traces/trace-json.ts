import type { PlainSpan } from '../sandbox/plain-span.ts';
import type { MessagesOfSpan } from './span-messages.ts';
import type { RecordTree, SpanNode } from './trace-tree.ts';

type MessagesOf = (span: PlainSpan) => MessagesOfSpan;

/** The fields of the event `trace` for a record. */
export function recordTreeJson(tree: RecordTree, messagesOf: MessagesOf): object {
  const { node, eventID, eventName, sequenceNumber, table } = tree;
  const writer = node.span.links.find(({ role }) => role === 'writer');
  return {
    record: { eventID, eventName, sequenceNumber, table },
    ...(writer && { writer: { traceId: writer.traceId, spanId: writer.spanId } }),
    span: spanJson(node, messagesOf),
  };
}

/** The fields of the event `trace` for spans that are not of a record. */
export function otherTreeJson(node: SpanNode, messagesOf: MessagesOf): object {
  return { span: spanJson(node, messagesOf) };
}

function spanJson({ span, children }: SpanNode, messagesOf: MessagesOf): object {
  const { first, left } = messagesOf(span);
  return {
    ...span,
    children: children.map((child) => spanJson(child, messagesOf)),
    messages: first.map(({ service, name, id }) => ({ service, name, messageId: id })),
    ...(left > 0 && { moreMessages: left }),
  };
}
