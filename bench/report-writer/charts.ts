import type { Group } from '../run/group.ts';
import { barChart } from './bar-chart.ts';
import { growthChart } from './line-chart.ts';

interface Chart {
  readonly measure: string;
  readonly title: string;
  readonly subtitle: string;
  readonly groups: readonly string[];
  readonly draw?: 'bars' | 'growth';
}

const CHARTS: Readonly<Record<string, Chart>> = {
  'unmarshall.svg': {
    measure: 'unmarshall',
    title: 'Unmarshalling every image of a batch',
    subtitle:
      'Median and middle half; shorter is better. Dashed: the cost of parsing, and of creating the objects',
    groups: ['unmarshall/small', 'unmarshall/large'],
  },
  'router.svg': {
    measure: 'router',
    title: 'Handling a batch of 10,000 records, both images read',
    subtitle:
      "Median and middle half; shorter is better. Dashed: Lambda's runtime, before the handler starts",
    groups: ['router/small/both/async', 'router/large/both/async'],
  },
  'middleware.svg': {
    measure: 'middleware',
    title: 'Middleware that has nothing to do, and audit entries',
    subtitle:
      "Median and middle half; shorter is better. Dashed: Lambda's runtime, before the handler starts",
    groups: ['middleware/layers', 'middleware/audit'],
  },
  'waiting.svg': {
    measure: 'waiting',
    title: 'Handlers that wait 5 ms each',
    subtitle: 'Shorter is better. Dashed: an estimate of the shortest time that keeps the order of each item',
    groups: ['waiting/10', 'waiting/100', 'waiting/1000', 'waiting/no-limit'],
  },
  'failures.svg': {
    measure: 'failures',
    title: 'Failing records',
    subtitle: '10,000 records in flight at once; median and middle half; shorter is better',
    groups: ['failures/in-flight'],
  },
  'memory.svg': {
    measure: 'memory',
    title: 'How far the heap rises above the event',
    subtitle: 'Median and middle half; shorter is better',
    groups: ['memory/small', 'memory/large'],
  },
  'growth.svg': {
    measure: 'growth',
    title: 'Microseconds per record as batches grow',
    subtitle: 'Both images of small records read by asynchronous handlers; lower is better',
    groups: ['growth/small'],
    draw: 'growth',
  },
  'footprint.svg': {
    measure: 'footprint',
    title: 'The same small program with each library',
    subtitle: 'Minified ESM bundle without @aws-sdk/*, and its import in a new process',
    groups: ['footprint/bundle/sdk-external', 'footprint/import/sdk-external'],
  },
  'lambda.svg': {
    measure: 'lambda',
    title: "Cold start under AWS's runtime client",
    subtitle:
      'Median and middle half; shorter is better. Most of a start is the time of Node and of the client',
    groups: ['lambda/import', 'lambda/start', 'lambda/sns'],
  },
};

/** A picture of some groups of one measure. */
export interface DrawnChart {
  readonly file: string;
  readonly measure: string;
  readonly title: string;
  readonly svg: string;
}

/** Draws every chart for which there are results. */
export function drawCharts(groups: readonly Group[]): DrawnChart[] {
  return Object.entries(CHARTS).flatMap(([file, { measure, title, subtitle, groups: ids, draw }]) => {
    const shown = ids.flatMap((id) =>
      groups.filter((group) => group.id === id && Object.keys(group.results).length > 0),
    );
    const [first] = shown;
    if (first === undefined) return [];
    const svg = draw === 'growth' ? growthChart(title, subtitle, first) : barChart(title, subtitle, shown);
    return [{ file, measure, title, svg }];
  });
}
