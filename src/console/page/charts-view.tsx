import './charts.css';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Measure } from '../state/charts/rates.ts';
import { shortId } from '../state/timeline/invocation-text.ts';
import { Chart } from './chart.tsx';
import { LINES } from './chart-lines.ts';
import { usePicture, useRegularDrawing } from './picture-clock.ts';
import { timeOfDay } from './time-of-day.ts';

const SPANS = [60, 300, 600] as const;

const CHARTS: readonly { readonly measure: Measure; readonly name: string; readonly unit: string }[] = [
  { measure: 'lag', name: 'Lag, in seconds', unit: 's' },
  { measure: 'throughput', name: 'Records processed per second', unit: 'records/s' },
  { measure: 'errors', name: 'Failed invocations per second', unit: 'failed/s' },
];

/** Lag, throughput and errors of each shard, as they develop. */
export function ChartsView(): JSX.Element {
  const { store, nowMs } = usePicture();
  useRegularDrawing(1000, () => true);
  const [span, setSpan] = useState<number>(SPANS[0]);
  const [index, setIndex] = useState<number>();
  const { rates } = store;
  const all = rates.shardIds;
  const shardIds = all.slice(-LINES.length);
  // Only whole seconds are drawn, so a chart changes once in a second.
  const columns = useMemo(
    () => CHARTS.map(({ measure }) => rates.columns(measure, shardIds, nowMs, span)),
    [rates, all.length, Math.floor(nowMs / 1000), span],
  );
  const second = index === undefined ? undefined : columns[0]?.seconds[index];
  const latest = rates.latest(nowMs);
  const rows = shardIds.map((shardId, shard) => ({
    shardId,
    values: CHARTS.map(({ measure }, chart) =>
      second === undefined
        ? latest.find((one) => one.shardId === shardId)?.[measure]
        : (columns[chart]?.values[shard]?.[index as number] ?? undefined),
    ),
  }));
  return (
    <div class="charts">
      <div class="toolbar">
        <fieldset class="buttons" aria-label="Time shown">
          {SPANS.map((seconds) => (
            <button
              type="button"
              key={seconds}
              aria-pressed={seconds === span}
              onClick={() => setSpan(seconds)}
            >
              {seconds / 60} min
            </button>
          ))}
        </fieldset>
        <p class="hint">
          Lag is the age of the last record of an invocation when it begins. Records give only the second of
          their change, so a lag can be up to 1 s too long.
          {all.length > shardIds.length && ` The last ${shardIds.length} of ${all.length} shards are shown.`}
        </p>
      </div>
      <table>
        <caption>
          {second === undefined ? 'Now' : timeOfDay(new Date(second * 1000).toISOString()).slice(0, 8)}
        </caption>
        <thead>
          <tr>
            <th scope="col">Shard</th>
            {CHARTS.map(({ measure, unit }) => (
              <th scope="col" key={measure}>
                {measure} ({unit})
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ shardId, values }, shard) => (
            <tr key={shardId}>
              <th scope="row" title={shardId}>
                <svg width="30" height="8" aria-hidden="true">
                  <line
                    x2="30"
                    y1="4"
                    y2="4"
                    class={`line-${shard}`}
                    stroke-dasharray={LINES[shard]?.dash.join(' ')}
                  />
                </svg>
                {shortId(shardId)}
              </th>
              {values.map((value, chart) => (
                <td key={CHARTS[chart]?.measure}>{valueText(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {all.length === 0 ? (
        <p class="empty">Write to the table: the charts begin with the first invocation.</p>
      ) : (
        CHARTS.map(({ measure, name, unit }, chart) => (
          <Chart
            key={measure}
            name={name}
            description={`${name}. Now: ${rows
              .map(({ shardId, values }) => `shard ${shortId(shardId)} ${valueText(values[chart])} ${unit}`)
              .join(', ')}`}
            columns={columns[chart] as (typeof columns)[number]}
            onPoint={setIndex}
          />
        ))
      )}
    </div>
  );
}

function valueText(value: number | undefined): string {
  return value === undefined ? '–' : value.toLocaleString('en', { maximumFractionDigits: 1 });
}
