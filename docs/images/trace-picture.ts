import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { TreeRow } from '../../examples/traced-invoices/trace-tree.ts';

const WIDTH = 880;
const ROW = 38;
const TOP = 92;
const BARS = { left: 330, right: 770 };
const FONT =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', Helvetica, Arial, 'DejaVu Sans', sans-serif";

/** Where a span runs, by the name of its tracer. */
const PLACES: Readonly<Record<string, readonly [place: string, className: string]>> = {
  web: ['writer', 'web'],
  lambda: ['invocation', 'lambda'],
  streamlane: ['record', 'record'],
  shipping: ['consumer of the message', 'shipping'],
};

/** Draws the spans of a run as a picture: a row for each span, in the order of its trace, and links as dashed lines. */
export function tracePicture(rows: readonly TreeRow[]): string {
  const spans = rows.map(({ span }) => span);
  const moments = [...new Set(spans.flatMap((span) => [startOf(span), endOf(span)]))].sort((a, b) => a - b);
  const xOf = (moment: number): number =>
    Math.round(BARS.left + (moments.indexOf(moment) / (moments.length - 1)) * (BARS.right - BARS.left));
  const rowOf = (span: ReadableSpan): number => TOP + spans.indexOf(span) * ROW;
  const traces = [...new Set(spans.map((span) => span.spanContext().traceId))];
  const height = TOP + rows.length * ROW + 34;
  const drawn = rows.map(({ span, depth }) => {
    const y = rowOf(span);
    const [place, className] = PLACES[span.instrumentationScope.name] ?? ['', ''];
    const [from, to] = [xOf(startOf(span)), xOf(endOf(span))];
    const trace = traces.indexOf(span.spanContext().traceId) + 1;
    const duration = `${(endOf(span) - startOf(span)).toFixed(1)} ms`;
    return `  <text class="note" x="24" y="${y + 16}">${trace}</text>
  <text x="${52 + depth * 18}" y="${y + 12}" class="name">${span.name}</text>
  <text x="${52 + depth * 18}" y="${y + 27}" class="note">${place}</text>
  <rect class="${className}" x="${from}" y="${y + 5}" width="${Math.max(to - from, 4)}" height="16" rx="3"/>
  <text class="time" x="${WIDTH - 24}" y="${y + 17}" text-anchor="end">${duration}</text>`;
  });
  const links = rows.flatMap(({ span, linkedTo }) => {
    if (linkedTo === undefined) return [];
    const [fromX, fromY] = [xOf(startOf(span)), rowOf(span) + 13];
    const [toX, toY] = [xOf(endOf(linkedTo)), rowOf(linkedTo) + 13];
    return `  <path class="link" d="M${fromX - 2} ${fromY} C ${fromX - 46} ${fromY}, ${toX + 46} ${toY}, ${toX + 3} ${toY}" marker-end="url(#arrow)"/>`;
  });
  const title = 'The trace of an invoice, from its writer to the consumer of the message';
  const description = rows
    .map(
      ({ span, linkedTo }) => `${span.name}${linkedTo === undefined ? '' : `, linked to ${linkedTo.name}`}`,
    )
    .join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc" font-family="${FONT}" font-size="13" fill="#1f2328">
  <title id="title">${title}</title>
  <desc id="desc">${description}</desc>
  <style>
    .head { font-weight: 600; font-size: 15px; }
    .name { font-weight: 600; }
    .note { fill: #57606a; font-size: 11px; }
    .time { fill: #57606a; font-size: 12px; }
    .web { fill: #8250df; }
    .lambda { fill: #bf8700; }
    .record { fill: #0969da; }
    .shipping { fill: #1a7f37; }
    .link { fill: none; stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 5 4; }
    .axis { stroke: #d0d7de; }
  </style>
  <defs>
    <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
      <path d="M0 0 L8 4 L0 8 z" fill="#cf222e"/>
    </marker>
  </defs>
  <rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10" fill="#ffffff" stroke="#d0d7de"/>
  <text x="24" y="32" class="head">${title}</text>
  <text x="24" y="52" class="note">Number: the trace. Indented: a child of the span above. Dashed: the link of a record to the span that wrote its item.</text>
  <text x="24" y="68" class="note">The bars show the order of starts and ends. Their lengths are not to scale.</text>
  <line class="axis" x1="24" y1="80" x2="${WIDTH - 24}" y2="80"/>
${[...drawn, ...links].join('\n')}
</svg>
`;
}

function startOf({ startTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1e3 + nanos / 1e6;
}

function endOf({ endTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1e3 + nanos / 1e6;
}
