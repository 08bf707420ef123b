import 'uplot/dist/uPlot.min.css';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { loneSamples } from '../state/charts/lone-samples.ts';
import type { Columns } from '../state/charts/rates.ts';
import { LINES } from './chart-lines.ts';
import { timeOfDay } from './time-of-day.ts';

interface ChartProps {
  readonly name: string;
  /** Said by screen readers in place of the picture. */
  readonly description: string;
  readonly columns: Columns;
  readonly onPoint: (index: number | undefined) => void;
}

/** A line for each shard, over time. */
export function Chart({ name, description, columns, onPoint }: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const count = columns.values.length;
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    const made = new uPlot(optionsOf(element, count, onPoint), dataOf(columns), element);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize(sizeOf(element)));
    resize.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = (): void => made.redraw(true, true);
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      resize.disconnect();
      made.destroy();
    };
  }, [count]);
  useLayoutEffect(() => plot.current?.setData(dataOf(columns)), [columns]);
  return (
    <figure>
      <figcaption>{name}</figcaption>
      <div ref={box} role="img" aria-label={description} />
    </figure>
  );
}

function optionsOf(element: HTMLElement, count: number, onPoint: ChartProps['onPoint']): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => color('--soft'),
    grid: { stroke: () => color('--line'), width: 1 },
    ticks: { stroke: () => color('--line'), width: 1, size: 4 },
    font: '11px system-ui, sans-serif',
  };
  return {
    ...sizeOf(element),
    legend: { show: false },
    cursor: { sync: { key: 'charts' }, drag: { x: false, y: false }, y: false },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [
      { ...axis, size: 26, values: (_, seconds) => seconds.map(clockText) },
      { ...axis, size: 56 },
    ],
    series: [
      {},
      ...LINES.slice(0, count).map(
        ({ color: name, dash }): uPlot.Series => ({
          stroke: () => color(name),
          width: 2,
          dash: [...dash],
          spanGaps: true,
          points: {
            show: true,
            size: 6,
            fill: () => color(name),
            filter: (plot, line) => loneSamples([...(plot.data[line] ?? [])]),
          },
        }),
      ),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
  };
}

function dataOf({ seconds, values }: Columns): uPlot.AlignedData {
  return [[...seconds], ...values.map((column) => [...column])];
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: clientWidth, height: clientHeight };
}

/** A colour of the style sheet, which follows the system's scheme. */
function color(name: string): string {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

const probe = document.createElement('span');
probe.hidden = true;
document.documentElement.append(probe);

function clockText(second: number): string {
  return timeOfDay(new Date(second * 1000).toISOString()).slice(0, 8);
}
