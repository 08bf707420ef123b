import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** A span with its place in the picture of its trace. */
export interface TreeRow {
  readonly span: ReadableSpan;
  /** The number of spans above it. */
  readonly depth: number;
  /** The span that it is linked to. */
  readonly linkedTo: ReadableSpan | undefined;
}

/** The spans as rows: each trace begins with its root, and children follow their parent. */
export function treeOf(spans: readonly ReadableSpan[]): readonly TreeRow[] {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const rowsFrom = (span: ReadableSpan, depth: number): TreeRow[] => {
    const children = spans.filter(
      ({ parentSpanContext }) => parentSpanContext?.spanId === span.spanContext().spanId,
    );
    const linkedTo = byId.get(span.links[0]?.context.spanId ?? '');
    return [{ span, depth, linkedTo }, ...children.flatMap((child) => rowsFrom(child, depth + 1))];
  };
  return spans
    .filter(({ parentSpanContext }) => parentSpanContext === undefined)
    .flatMap((root) => rowsFrom(root, 0));
}

/** Writes the rows as text: a line for each span, with the number of its trace. */
export function treeText(rows: readonly TreeRow[]): string {
  const traces = [...new Set(rows.map(({ span }) => span.spanContext().traceId))];
  const numberOf = (span: ReadableSpan): number => traces.indexOf(span.spanContext().traceId) + 1;
  return rows
    .map(({ span, depth, linkedTo }) => {
      const link =
        linkedTo === undefined ? '' : `, linked to ${linkedTo.name} of trace ${numberOf(linkedTo)}`;
      return `trace ${numberOf(span)}  ${'  '.repeat(depth)}${span.name}${link}`;
    })
    .join('\n');
}
