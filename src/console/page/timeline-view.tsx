import './timeline.css';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { counted, durationText, outcomeText } from '../state/timeline/invocation-text.ts';
import { drawLane } from '../state/timeline/lane-picture.ts';
import { spanOf } from '../state/timeline/time-window.ts';
import { InvocationDetails } from './invocation-details.tsx';
import { LaneDrawing } from './lane-drawing.tsx';
import { Patterns, SWATCHES } from './outcome-patterns.tsx';
import { usePicture, useRegularDrawing } from './picture-clock.ts';
import { TimeAxis } from './time-axis.tsx';
import { moveInLanes } from './timeline-keys.ts';
import {
  isTimelineFollowing,
  moveTimeline,
  showSpan,
  toggleTimelineFollowing,
  windowToDraw,
  zoomTimeline,
} from './timeline-model.ts';

// With more lanes, those without an invocation in the window are left out.
const ALWAYS_SHOWN = 16;

/** Invocations as bars on a time axis: a lane for each slot of each shard. */
export function TimelineView(): JSX.Element {
  const { store, nowMs } = usePicture();
  useRegularDrawing(100, () => isTimelineFollowing() && store.timeline.isLive);
  const [box, width] = useWidth();
  const { timeline } = store;
  const { lanes } = timeline;
  const window = windowToDraw(timeline, nowMs);
  const pictures = lanes
    .map((lane) => ({ lane, picture: drawLane(lane, { window, width, nowMs }) }))
    .filter(({ picture }) => lanes.length <= ALWAYS_SHOWN || picture.blocks.length > 0);
  const shardIds = [...new Set(pictures.map(({ lane }) => lane.shardId))];
  return (
    <div class="split timeline-view">
      <section aria-label="Timeline">
        <Toolbar spanMs={spanOf(window)} hidden={lanes.length - pictures.length} />
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the bars have the keys */}
        <div class="lanes" onKeyDown={moveInLanes} onWheel={onWheel}>
          <Patterns />
          <div class="lane">
            <span />
            <div ref={box}>
              <TimeAxis window={window} width={width} />
            </div>
          </div>
          {shardIds.map((shardId) => {
            const checkpoint = timeline.checkpoint(shardId);
            const ofShard = pictures.filter(({ lane }) => lane.shardId === shardId);
            return (
              <section key={shardId} aria-label={`Shard ${shardId}`} class="shard">
                <p>
                  <b>{shardId}</b>{' '}
                  {checkpoint === undefined ? 'No checkpoint yet' : `Checkpoint ${checkpoint.sequenceNumber}`}
                </p>
                {ofShard.map(({ lane, picture }, index) => (
                  <div class="lane" key={lane.slot}>
                    <span>{ofShard.length > 1 && `slot ${lane.slot}`}</span>
                    <LaneDrawing
                      lane={lane}
                      picture={picture}
                      frame={{ window, width, nowMs }}
                      checkpoint={checkpoint}
                      isFirst={index === 0}
                    />
                  </div>
                ))}
              </section>
            );
          })}
        </div>
        {lanes.length === 0 && (
          <p class="empty">Write to the table: invocations of the handler appear here.</p>
        )}
      </section>
      <aside aria-label="Selected invocation">
        <InvocationDetails />
      </aside>
    </div>
  );
}

function Toolbar({ spanMs, hidden }: { spanMs: number; hidden: number }): JSX.Element {
  const { timeline } = usePicture().store;
  const { fromMs, toMs } = timeline.span;
  const { dropped } = timeline;
  return (
    <div class="toolbar">
      <div class="buttons">
        <button type="button" title="-" aria-label="Zoom out" onClick={() => zoomTimeline(2)}>
          −
        </button>
        <button type="button" title="+" aria-label="Zoom in" onClick={() => zoomTimeline(0.5)}>
          +
        </button>
        <button type="button" onClick={() => moveTimeline(-0.5)}>
          Earlier
        </button>
        <button type="button" onClick={() => moveTimeline(0.5)}>
          Later
        </button>
        <button type="button" onClick={() => showSpan(fromMs, toMs)}>
          Whole run
        </button>
        <button
          type="button"
          title="f"
          aria-pressed={isTimelineFollowing()}
          onClick={toggleTimelineFollowing}
        >
          Follow
        </button>
      </div>
      <ul class="legend" aria-label="Legend">
        {SWATCHES.map((outcome) => (
          <li key={outcome}>
            <svg width="18" height="12" aria-hidden="true">
              <rect x="0.5" y="0.5" width="17" height="11" rx="2" class={`bar ${outcome}`} />
            </svg>
            {outcomeText(outcome)}
          </li>
        ))}
        <li>
          <svg width="12" height="12" aria-hidden="true">
            <circle cx="6" cy="6" r="3.5" class="failed-record" />
          </svg>
          failed record
        </li>
      </ul>
      <p class="hint" role="status">
        {durationText(spanMs)} shown
        {hidden > 0 && `. ${counted(hidden, 'lane')} without an invocation in this time are hidden`}
        {dropped > 0 && `. The oldest are dropped: ${counted(dropped, 'invocation')}`}
      </p>
    </div>
  );
}

function onWheel(event: WheelEvent): void {
  const sideways = event.shiftKey ? event.deltaY : event.deltaX;
  if (sideways === 0) return;
  event.preventDefault();
  moveTimeline(Math.sign(sideways) * 0.05);
}

/** The width of an element, also after the browser's window has changed. */
function useWidth(): readonly [(element: HTMLElement | null) => void, number] {
  const [width, setWidth] = useState(800);
  const element = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width || 800));
    observer.observe(element.current as HTMLElement);
    return () => observer.disconnect();
  }, []);
  const keep = (next: HTMLElement | null): void => {
    element.current = next;
  };
  return [keep, width];
}
