import type { JSX } from 'preact';
import { spanOf, type TimeWindow, ticksOf } from '../state/timeline/time-window.ts';
import { timeOfDay } from './time-of-day.ts';

const LEAST_PIXELS = 96;
const HALF_LABEL = 36;

/** Times of the visible window. */
export function TimeAxis({ window, width }: { window: TimeWindow; width: number }): JSX.Element {
  return (
    <svg class="axis" width={width} height="20" aria-hidden="true">
      {ticksOf(window, width, LEAST_PIXELS).map(({ timeMs, needsMs }) => {
        const x = ((timeMs - window.fromMs) / spanOf(window)) * width;
        // Not cut off at an edge.
        if (x < HALF_LABEL || x > width - HALF_LABEL) return null;
        const text = timeOfDay(new Date(timeMs).toISOString());
        return (
          <g key={timeMs}>
            <line x1={x} x2={x} y1="14" y2="20" />
            <text x={x} y="11">
              {needsMs ? text : text.slice(0, 8)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
