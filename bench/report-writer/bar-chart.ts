import { numberText } from '../cli/number-text.ts';
import type { Group, Result } from '../run/group.ts';
import { bar, card, line, MARGIN, text, WIDTH } from './svg.ts';

const ROW = 24;
const BAR = 14;
const MIN_LABELS = 200;
/** The width of a letter in the widest of the fonts, at 13 px. */
const LETTER = 7.6;
const VALUES = 190;
const HEAD = 60;
const PANEL_HEAD = 34;
const PANEL_GAP = 14;
const TICKS = 16;

// Yardsticks beside the contenders.
const SCALES = ['JSON.parse', 'plain deep copy', 'bound', 'empty handler'];

/** From this ratio on, the shortest bar of a linear scale cannot be seen. */
const WIDE = 50;

/** Bars of one or more groups under each other, each group with a scale of its own; shorter is better. */
export function barChart(title: string, subtitle: string, groups: readonly Group[]): string {
  const content = [
    text(MARGIN, 32, title, { className: 'head' }),
    text(MARGIN, 50, subtitle, { className: 'note' }),
  ];
  let y = HEAD;
  const names = groups.flatMap(({ results }) => Object.keys(results));
  const labels = Math.max(MIN_LABELS, ...names.map(({ length }) => 10 + length * LETTER));
  for (const group of groups) {
    content.push(...panel(group, y, MARGIN + labels));
    y += PANEL_HEAD + Object.keys(group.results).length * ROW + PANEL_GAP + (isWide(group) ? TICKS : 0);
  }
  return card(title, `${subtitle}. ${groups.map(describe).join(' ')}`, y + 6, content);
}

function panel({ title, unit, results }: Group, top: number, left: number): string[] {
  const entries = Object.entries(results).sort(([, a], [, b]) => a.median - b.median);
  const scale = scaleOf(results);
  const x = (value: number) => left + scale.share(value) * (WIDTH - left - VALUES - MARGIN);
  const first = top + PANEL_HEAD;
  const bottom = first + entries.length * ROW;
  return [
    text(MARGIN, top + 22, scale.ticks.length === 0 ? title : `${title} (logarithmic scale)`, {
      className: 'panel',
    }),
    ...scale.ticks.flatMap((tick) => [
      line(x(tick), first - 2, x(tick), bottom, 'axis'),
      text(x(tick), bottom + 14, `${numberText(tick)} ${unit}`, { anchor: 'middle', className: 'note' }),
    ]),
    line(left, first - 2, left, bottom, 'axis'),
    ...entries.flatMap(([name, result], row) => {
      const y = first + row * ROW;
      return [
        text(left - 10, y + 16, name, { anchor: 'end', className: textClassOf(name) }),
        bar(left, y + (ROW - BAR) / 2, x(result.median) - left, BAR, classOf(name)),
        ...spread(x(result.lowerQuartile), x(result.upperQuartile), y + ROW / 2),
        text(
          x(Math.max(result.median, result.upperQuartile)) + 8,
          y + 16,
          `${numberText(result.median)} ${unit}`,
          { className: textClassOf(name), warning: warningOf(result) },
        ),
      ];
    }),
  ];
}

/** How values become lengths. A logarithmic scale has ticks. */
interface Scale {
  /** The share of the longest bar, 0 to 1. */
  readonly share: (value: number) => number;
  readonly ticks: readonly number[];
}

function scaleOf(results: Group['results']): Scale {
  const most = Math.max(...Object.values(results).map(({ upperQuartile }) => upperQuartile));
  const contenders = Object.entries(results).filter(([name]) => !SCALES.includes(name));
  const least = Math.min(...contenders.map(([, { lowerQuartile }]) => lowerQuartile));
  if (most < WIDE * least) return { share: (value) => value / most, ticks: [] };
  // A whole decade below the shortest bar, so that it is as long as a decade.
  const from = Math.floor(Math.log10(least)) - (Math.log10(least) % 1 < 0.2 ? 1 : 0);
  const to = Math.log10(most);
  const ticks = Array.from({ length: Math.floor(to) - from + 1 }, (_, power) => 10 ** (from + power));
  return { share: (value) => Math.max(0, Math.log10(value) - from) / (to - from), ticks };
}

function isWide({ results }: Group): boolean {
  return scaleOf(results).ticks.length > 0;
}

/** From quartile to quartile, where that can be seen. */
function spread(from: number, to: number, y: number): string[] {
  return to - from < 2 ? [] : [line(from, y, to, y, 'spread')];
}

function warningOf({ facts }: Result): string | undefined {
  const violations = facts['order violations'] ?? 0;
  return violations === 0 ? undefined : `${violations.toLocaleString('en')} out of order`;
}

function describe({ title, unit, results }: Group): string {
  const values = Object.entries(results).map(([name, result]) =>
    [`${name} ${numberText(result.median)} ${unit}`, warningOf(result)].filter(Boolean).join(', '),
  );
  return `${title}: ${values.join('; ')}.`;
}

function isOwn(name: string): boolean {
  return name.startsWith('streamlane');
}

function classOf(name: string): string {
  if (isOwn(name)) return 'own';
  return SCALES.includes(name) ? 'scale' : 'other';
}

function textClassOf(name: string): string | undefined {
  if (isOwn(name)) return 'own-text';
  return SCALES.includes(name) ? 'note' : undefined;
}
