import { card, line, MARGIN, round, text, WIDTH } from '../../bench/report-writer/svg.ts';
import { capacity } from './arithmetic.ts';
import { DEFAULTS, type Setup } from './setup.ts';
import { simulate } from './simulate.ts';
import { number, time } from './tables.ts';

/** The lag of one setting at some rates. */
interface Curve {
  readonly name: string;
  readonly capacity: number;
  readonly points: readonly { readonly rate: number; readonly lagMs: number }[];
}

const SETTINGS: readonly (readonly [name: string, setup: Partial<Setup>])[] = [
  ['concurrency 1', { concurrency: 1 }],
  ['concurrency 10', {}],
  ['concurrency 50', { concurrency: 50 }],
];

/** Shares of the capacity. From some point on batches are full, and records wait for the batch before theirs. */
const SHARES = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95];

/** About so many records for each point. */
const RECORDS = 2500;

export async function computeCurves(): Promise<readonly Curve[]> {
  const curves: Curve[] = [];
  for (const [name, differs] of SETTINGS) {
    const base: Setup = { ...DEFAULTS, spread: { kind: 'random' }, ...differs };
    const most = capacity(base);
    const points: Curve['points'][number][] = [];
    for (const share of SHARES) {
      const rate = share * most;
      const { lagP99Ms } = await simulate({ ...base, rate }, { seconds: Math.ceil(RECORDS / rate) + 5 });
      points.push({ rate, lagMs: lagP99Ms });
    }
    curves.push({ name, capacity: most, points });
  }
  return curves;
}

const HEIGHT = 360;
const TOP = 84;
const BOTTOM = HEIGHT - 58;
const LEFT = MARGIN + 52;
const RIGHT = WIDTH - MARGIN - 20;
const COLOURS = ['#57606a', '#0969da', '#8250df'];
const RATES = [5, 10, 20, 50, 100, 200, 500, 1000, 2000];
const LAGS = [100, 200, 500, 1000, 2000, 5000];

/** The 99th percentile of the lag over the rate, both on logarithmic scales. */
export function chartOf(curves: readonly Curve[]): string {
  const scale = (values: readonly number[], from: number, to: number) => {
    const [first, last] = [Math.log10(values[0] as number), Math.log10(values.at(-1) as number)];
    return (value: number) => from + ((Math.log10(value) - first) / (last - first)) * (to - from);
  };
  const [x, y] = [scale(RATES, LEFT, RIGHT), scale(LAGS, BOTTOM, TOP)];
  const title = 'Lag stays low until the capacity is near, then it grows without end';
  const note = 'one shard, BatchSize 100, handlers that wait 20 ms; dashed: the capacity';
  return card(title, `${note}. ${curves.map(describe).join(' ')}`, HEIGHT, [
    text(MARGIN, 32, title, { className: 'head' }),
    text(MARGIN, 50, note, { className: 'note' }),
    ...LAGS.flatMap((lag) => [
      line(LEFT, y(lag), RIGHT, y(lag), 'axis'),
      text(LEFT - 8, y(lag) + 4, time(lag), { anchor: 'end', className: 'note' }),
    ]),
    ...RATES.map((rate) => text(x(rate), BOTTOM + 18, number(rate), { anchor: 'middle', className: 'note' })),
    text((LEFT + RIGHT) / 2, BOTTOM + 40, 'changes per second and shard', {
      anchor: 'middle',
      className: 'note',
    }),
    text(LEFT, TOP - 12, '99 % of the records are handled within', { className: 'note' }),
    ...curves.flatMap(({ name, capacity: most, points }, index) => {
      const colour = COLOURS[index];
      const path = points.map(({ rate, lagMs }) => `${round(x(rate))},${round(y(lagMs))}`).join(' ');
      const at = round(x(most));
      return [
        `<line stroke="${colour}" stroke-dasharray="4 3" x1="${at}" y1="${TOP}" x2="${at}" y2="${BOTTOM}"/>`,
        `<polyline class="line" stroke="${colour}" points="${path}"/>`,
        ...points.map(
          ({ rate, lagMs }) =>
            `<circle cx="${round(x(rate))}" cy="${round(y(lagMs))}" r="3" fill="${colour}"/>`,
        ),
        `<text x="${at - 6}" y="${TOP + 14}" text-anchor="end" fill="${colour}" font-weight="600">${name}</text>`,
        `<text x="${at - 6}" y="${TOP + 30}" text-anchor="end" fill="${colour}" font-size="12">${number(most)}/s</text>`,
      ];
    }),
  ]);
}

function describe({ name, capacity: most, points }: Curve): string {
  const lags = points.map(({ rate, lagMs }) => `${time(lagMs)} at ${number(rate)}/s`).join(', ');
  return `${name}: ${lags}; capacity ${number(most)}/s.`;
}
