import type { JSX } from 'preact';
import { blockText, durationText, shortId } from '../state/timeline/invocation-text.ts';
import type { Lane } from '../state/timeline/lane.ts';
import type { Block, LaneFrame, LanePicture, Link, Wait } from '../state/timeline/lane-picture.ts';
import { spanOf } from '../state/timeline/time-window.ts';
import type { Checkpoint } from '../state/timeline/timeline.ts';
import { holdTimeline, selectedInvocations, showSpan } from './timeline-model.ts';

const ROW = 30;
const BAR = 18;
const TOP = 16;
// A failed record is marked inside of a bar from this width on, and above a narrower one.
const WIDE = 14;

interface LaneDrawingProps {
  readonly lane: Lane;
  readonly picture: LanePicture;
  readonly frame: LaneFrame;
  readonly checkpoint: Checkpoint | undefined;
  /** Only the first lane of a shard has the label of the checkpoint. */
  readonly isFirst: boolean;
}

/** A lane: its invocations as rectangles, and the lines between them. */
export function LaneDrawing({ lane, picture, frame, checkpoint, isFirst }: LaneDrawingProps): JSX.Element {
  const { offset, blocks, links, wait, rows } = picture;
  const { width } = frame;
  const height = TOP + rows * ROW;
  const moved = `translate(${-offset})`;
  return (
    <svg width={width} height={height} class="lane-drawing">
      <title>{`Invocations of shard ${lane.shardId}, slot ${lane.slot}`}</title>
      <g transform={moved}>
        {links.map((link) => (
          <path key={link.id} class={`link ${link.kind}`} d={pathOf(link, offset)} />
        ))}
        {wait !== undefined && <Waiting wait={wait} right={offset + width} nowMs={frame.nowMs} />}
      </g>
      {checkpoint !== undefined && (
        <CheckpointLine checkpoint={checkpoint} frame={frame} height={height} isLabelled={isFirst} />
      )}
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: SVG has no list */}
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no list */}
      <g role="list" transform={moved} aria-label={`Invocations of slot ${lane.slot}`}>
        {blocks.map((block, index) => (
          <Rectangle key={block.invocations[0]?.id} block={block} isLast={index === blocks.length - 1} />
        ))}
      </g>
    </svg>
  );
}

function Rectangle({ block, isLast }: { block: Block; isLast: boolean }): JSX.Element {
  const { invocations, x, width, depth, outcome, failedRecords } = block;
  const ids = invocations.map(({ id }) => id);
  const selected = selectedInvocations.value;
  const isSelected = selected.length > 0 && ids.includes(selected[0] as number);
  const y = TOP + depth * ROW;
  const name = blockText(block);
  const select = (): void => {
    holdTimeline();
    selectedInvocations.value = ids;
  };
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: SVG has no list
    // biome-ignore lint/a11y/useSemanticElements: SVG has no list
    <g role="listitem">
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no button */}
      <g
        role="button"
        class="block"
        tabindex={isSelected || (selected.length === 0 && isLast) ? 0 : -1}
        aria-label={name}
        aria-pressed={isSelected}
        onClick={select}
        onDblClick={() => zoomTo(block)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          select();
        }}
      >
        <title>{name}</title>
        {invocations.length > 1 && <path class="stack" d={`M${x + 2} ${y - 2}h${Math.max(1, width - 4)}`} />}
        <rect x={x} y={y} width={width} height={BAR} rx="2" class={`bar ${outcome}`} />
        {width > 30 && (
          <text x={x + 5} y={y + 13}>
            {labelOf(block)}
          </text>
        )}
        {failedRecords.map(({ x: place, isDeadLettered }, index) => (
          <circle
            key={index}
            cx={place}
            cy={width < WIDE ? y - 5 : y + BAR / 2}
            r={width < WIDE ? 2.5 : 3.5}
            class={isDeadLettered ? 'failed-record dead-lettered' : 'failed-record'}
          />
        ))}
      </g>
    </g>
  );
}

function labelOf({ invocations }: Block): string {
  const [first] = invocations;
  if (invocations.length > 1) return `×${invocations.length}`;
  return first !== undefined && first.attempt > 1 ? `#${first.attempt}` : '';
}

function zoomTo({ invocations }: Block): void {
  const [first, last] = [invocations[0], invocations.at(-1)];
  if (first !== undefined && last !== undefined)
    showSpan(first.startedMs, last.endedMs ?? last.startedMs + 1000);
}

/** A branch to another row goes down, then right. */
function pathOf({ fromX, fromDepth, toX, toDepth }: Link, leftX: number): string {
  const [fromY, toY] = [TOP + fromDepth * ROW + BAR / 2, TOP + toDepth * ROW + BAR / 2];
  if (fromDepth === toDepth) return `M${fromX} ${fromY}L${toX} ${toY}`;
  const downX = Math.max(leftX, fromX - 2);
  return `M${downX} ${fromY + BAR / 2}V${toY}H${Math.max(downX, toX)}`;
}

function Waiting({ wait, right, nowMs }: { wait: Wait; right: number; nowMs: number }): JSX.Element {
  const { fromX, toX, depth, retryMs } = wait;
  const y = TOP + depth * ROW + BAR / 2;
  const leftMs = Math.max(0, retryMs - nowMs);
  return (
    <g class="wait">
      <path d={`M${fromX} ${y}H${Math.min(toX, right)}`} />
      <text x={Math.min(fromX + 8, right - 90)} y={y - 6}>
        retry in {durationText(leftMs)}
      </text>
    </g>
  );
}

function CheckpointLine({
  checkpoint,
  frame,
  height,
  isLabelled,
}: {
  checkpoint: Checkpoint;
  frame: LaneFrame;
  height: number;
  isLabelled: boolean;
}): JSX.Element | null {
  const { window, width } = frame;
  const x = ((checkpoint.timeMs - window.fromMs) / spanOf(window)) * width;
  if (x < 0 || x > width) return null;
  const isRight = x > width - 120;
  return (
    <g class="checkpoint">
      <line x1={x} x2={x} y1="0" y2={height} />
      {isLabelled && (
        <text x={isRight ? x - 4 : x + 4} y="9" text-anchor={isRight ? 'end' : 'start'}>
          checkpoint {shortId(checkpoint.sequenceNumber, 6)}
        </text>
      )}
    </g>
  );
}
