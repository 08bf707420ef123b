import { numberText } from '../cli/number-text.ts';
import type { Group } from '../run/group.ts';
import { card, line, MARGIN, round, text, WIDTH } from './svg.ts';

const HEIGHT = 380;
const TOP = 76;
const BOTTOM = HEIGHT - 56;
const LEFT = MARGIN + 46;
const RIGHT = WIDTH - 270;
const COLOURS = ['#0969da', '#8250df', '#bc4c00', '#57606a'];

interface Series {
  readonly name: string;
  readonly points: readonly { readonly size: number; readonly median: number }[];
}

/** Lines over batch sizes, sizes on a logarithmic scale. Results are named `contender, size records`. */
export function growthChart(title: string, subtitle: string, group: Group): string {
  const series = seriesOf(group);
  const sizes = [...new Set(series.flatMap(({ points }) => points.map(({ size }) => size)))];
  const most = Math.max(...series.flatMap(({ points }) => points.map(({ median }) => median)));
  const top = roundUp(most);
  const first = Math.log10(Math.min(...sizes));
  const decades = Math.log10(Math.max(...sizes)) - first || 1;
  const x = (size: number) => LEFT + ((Math.log10(size) - first) / decades) * (RIGHT - LEFT);
  const y = (value: number) => BOTTOM - (value / top) * (BOTTOM - TOP);
  const content = [
    text(MARGIN, 32, title, { className: 'head' }),
    text(MARGIN, 50, subtitle, { className: 'note' }),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      line(LEFT, y(share * top), RIGHT, y(share * top), 'axis'),
      text(LEFT - 8, y(share * top) + 4, numberText(share * top), { anchor: 'end', className: 'note' }),
    ]),
    ...sizes.map((size) =>
      text(x(size), BOTTOM + 20, size.toLocaleString('en'), { anchor: 'middle', className: 'note' }),
    ),
    text((LEFT + RIGHT) / 2, BOTTOM + 40, 'records per batch', { anchor: 'middle', className: 'note' }),
    ...series.flatMap(({ points }, index) => {
      const colour = COLOURS[index % COLOURS.length];
      const path = points.map(({ size, median }) => `${round(x(size))},${round(y(median))}`).join(' ');
      return [
        `<polyline class="line" stroke="${colour}" points="${path}"/>`,
        ...points.map(
          ({ size, median }) =>
            `<circle cx="${round(x(size))}" cy="${round(y(median))}" r="3.5" fill="${colour}"/>`,
        ),
      ];
    }),
    ...labels(series, y).map(
      ({ name, at, index }) =>
        `<text x="${RIGHT + 14}" y="${round(at)}" fill="${COLOURS[index % COLOURS.length]}"${index === 0 ? ' class="own-text"' : ''}>${name}</text>`,
    ),
  ];
  return card(title, `${subtitle}. ${describe(series, group.unit)}`, HEIGHT, content);
}

function seriesOf({ results }: Group): Series[] {
  const points = Object.entries(results).map(([name, { median }]) => {
    const [contender = name, size = ''] = name.split(', ');
    return { contender, size: Number.parseInt(size, 10), median };
  });
  return [...Map.groupBy(points, ({ contender }) => contender)].map(([name, points]) => ({ name, points }));
}

/** Names beside the ends of their lines, moved apart where they would overlap. */
function labels(series: readonly Series[], y: (value: number) => number) {
  const wanted = series
    .map(({ name, points }, index) => ({ name, index, at: y(points.at(-1)?.median ?? 0) + 4 }))
    .sort((a, b) => a.at - b.at);
  let last = Number.NEGATIVE_INFINITY;
  return wanted.map(({ name, index, at }) => {
    last = Math.max(at, last + 18);
    return { name, index, at: last };
  });
}

function describe(series: readonly Series[], unit: string): string {
  return series
    .map(
      ({ name, points }) =>
        `${name}: ${points.map(({ size, median }) => `${size} records ${numberText(median)} ${unit}`).join(', ')}.`,
    )
    .join(' ');
}

/** The next of 1, 2, 4, 10, 20, 40, ... */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 10].find((step) => step * power >= value) ?? 10) * power;
}
