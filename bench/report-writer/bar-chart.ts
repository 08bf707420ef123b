import { numberText } from '../cli/number-text.ts';
import type { Group, Result } from '../run/group.ts';
import { bar, card, line, MARGIN, text, WIDTH } from './svg.ts';

const ROW = 24;
const BAR = 14;
const LABELS = 260;
const VALUES = 190;
const HEAD = 60;
const PANEL_HEAD = 34;
const PANEL_GAP = 14;

// What is no contender but a yardstick.
const SCALES = ['JSON.parse', 'plain deep copy', 'bound', 'empty handler'];

/** Bars of one or more groups under each other, each group with a scale of its own; shorter is better. */
export function barChart(title: string, subtitle: string, groups: readonly Group[]): string {
  const content = [
    text(MARGIN, 32, title, { className: 'head' }),
    text(MARGIN, 50, subtitle, { className: 'note' }),
  ];
  let y = HEAD;
  for (const group of groups) {
    content.push(...panel(group, y));
    y += PANEL_HEAD + Object.keys(group.results).length * ROW + PANEL_GAP;
  }
  return card(title, `${subtitle}. ${groups.map(describe).join(' ')}`, y + 6, content);
}

function panel({ title, unit, results }: Group, top: number): string[] {
  const entries = Object.entries(results).sort(([, a], [, b]) => a.median - b.median);
  const most = Math.max(...entries.map(([, { upperQuartile }]) => upperQuartile));
  const left = MARGIN + LABELS;
  const perUnit = (WIDTH - left - VALUES - MARGIN) / most;
  const bottom = top + PANEL_HEAD + entries.length * ROW;
  return [
    text(MARGIN, top + 22, title, { className: 'panel' }),
    line(left, top + PANEL_HEAD - 2, left, bottom, 'axis'),
    ...entries.flatMap(([name, result], row) => {
      const y = top + PANEL_HEAD + row * ROW;
      return [
        text(left - 10, y + 16, name, { anchor: 'end', className: textClassOf(name) }),
        bar(left, y + (ROW - BAR) / 2, result.median * perUnit, BAR, classOf(name)),
        ...spread(result, left, y + ROW / 2, perUnit),
        text(
          left + Math.max(result.median, result.upperQuartile) * perUnit + 8,
          y + 16,
          `${numberText(result.median)} ${unit}`,
          { className: textClassOf(name), warning: warningOf(result) },
        ),
      ];
    }),
  ];
}

/** From quartile to quartile, where that can be seen. */
function spread(
  { lowerQuartile, upperQuartile }: Result,
  left: number,
  y: number,
  perUnit: number,
): string[] {
  if ((upperQuartile - lowerQuartile) * perUnit < 2) return [];
  return [line(left + lowerQuartile * perUnit, y, left + upperQuartile * perUnit, y, 'spread')];
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
