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
  const ticks = ticksTo(most);
  const top = ticks.at(-1) ?? most;
  const first = Math.log10(Math.min(...sizes));
  const decades = Math.log10(Math.max(...sizes)) - first || 1;
  const x = (size: number) => LEFT + ((Math.log10(size) - first) / decades) * (RIGHT - LEFT);
  const y = (value: number) => BOTTOM - (value / top) * (BOTTOM - TOP);
  const content = [
    text(MARGIN, 32, title, { className: 'head' }),
    text(MARGIN, 50, subtitle, { className: 'note' }),
    ...ticks.flatMap((tick) => [
      line(LEFT, y(tick), RIGHT, y(tick), 'axis'),
      text(LEFT - 8, y(tick) + 4, tick.toLocaleString('en'), { anchor: 'end', className: 'note' }),
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

/** Ticks from 0 to the first one at or above the highest value: four to eight of them, at whole steps of 1, 2 or 5. */
function ticksTo(most: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.5, 1, 2].map((factor) => factor * power).find((step) => most / step <= 7) ?? power;
  const count = Math.ceil(most / step);
  // Rounded, because 3 * 0.2 is not 0.6.
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}
