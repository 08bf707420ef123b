import { numberText } from '../cli/number-text.ts';
import type { Group, Result } from '../run/group.ts';
import { originText } from './origin-text.ts';
import type { Report } from './report.ts';

const START =
  '<!-- bench: `npm run bench` writes this section, `npm run bench -- --redraw` from the last report -->';
const END = '<!-- /bench -->';

/** One row: the work that is compared, and the entrant of each column. Missing entrants leave their cell empty. */
interface Row {
  readonly text: string;
  readonly group: string;
  readonly entrants: readonly (string | undefined)[];
  readonly cell: (result: Result, group: Group) => string;
}

const COLUMNS = ['streamlane', 'loop with `unmarshall`', 'Powertools, in parallel'];
const ENTRANTS = ['streamlane', 'loop + util-dynamodb', 'Powertools parallel + unmarshall'];

const ROWS: readonly Row[] = [
  {
    text: 'a batch of 10,000 records, both images read',
    group: 'router/small/both/async',
    entrants: ENTRANTS,
    cell: ({ median }, { unit }) => `${numberText(median)} ${unit}`,
  },
  {
    text: '2,000 records whose handlers wait 5 ms each',
    group: 'waiting/no-limit',
    entrants: ENTRANTS,
    cell: ({ median, facts }, { unit }) =>
      `${numberText(median)} ${unit}, ${orderText(facts['order violations'])}`,
  },
  {
    text: '10,000 messages to SNS, one from each handler',
    group: 'publishing/sns',
    entrants: ['streamlane/sinks/sns', 'a Publish per record', undefined],
    cell: ({ median, facts }, { unit }) =>
      `${numberText(median)} ${unit}, ${numberText(facts.requests ?? 0)} requests`,
  },
  {
    text: 'bundle of a small function, minified, without AWS clients',
    group: 'footprint/bundle/sdk-external',
    entrants: ['streamlane', undefined, 'Powertools batch + unmarshall'],
    cell: ({ median }, { unit }) => `${numberText(median)} ${unit}`,
  },
  {
    text: 'cold start: import of that bundle, beyond an empty handler',
    group: 'footprint/import/sdk-external',
    entrants: ['streamlane', undefined, 'Powertools batch + unmarshall'],
    cell: ({ median }, { unit, results }) =>
      `${numberText(median - (results['empty handler']?.median ?? 0))} ${unit}`,
  },
];

function orderText(violations = 0): string {
  return violations === 0 ? 'in order' : `**${numberText(violations)} out of order**`;
}

/** The speed section of the README: a table of medians, and a chart. */
function speedSection(report: Report): string {
  const groups = report.measures.flatMap((measure) => measure.groups);
  const rows = ROWS.flatMap(({ text, group: id, entrants, cell }) => {
    const group = groups.find((one) => one.id === id);
    if (group === undefined) return [];
    const cells = entrants.map((name) => {
      const result = name === undefined ? undefined : group.results[name];
      return result === undefined ? '' : cell(result, group);
    });
    return [[text, ...cells]];
  });
  const shown = groups.filter(({ id }) => ROWS.some(({ group }) => group === id));
  const origins = new Set(shown.map(({ measured = report }) => originText(measured)));
  return [
    START,
    '',
    ...[['', ...COLUMNS], ['---', ...COLUMNS.map(() => '---')], ...rows].map(
      (cells) => `| ${cells.join(' | ')} |`,
    ),
    '',
    '![Time to handle a batch of 10,000 records, for each library](bench/report/router.svg)',
    '',
    `These are medians of \`npm run bench\` ${[...origins].join('; and ')}.`,
    '[The report](bench/report/README.md) has all numbers, and says which goals were reached. [The bench suite](bench/README.md) explains how they are measured.',
    '',
    END,
  ].join('\n');
}

/**
 * Replaces the speed section of a page.
 *
 * @throws Error when the page does not have the two comments around it
 */
export function withSpeedSection(page: string, report: Report): string {
  const start = page.indexOf('<!-- bench:');
  const end = page.indexOf(END);
  if (start === -1 || end === -1)
    throw new Error(`The page has no section between "<!-- bench:" and "${END}".`);
  return page.slice(0, start) + speedSection(report) + page.slice(end + END.length);
}
