import type { ComponentChildren, JSX } from 'preact';
import { shortId } from '../state/timeline/invocation-text.ts';
import type { Box, RouteBox } from '../state/topology/picture.ts';
import type { Shard } from '../state/topology/topology.ts';
import { conditionText, routeCounts, waitingIn } from '../state/topology/topology-text.ts';
import { visible } from '../state/value-text.ts';
import { showChanges } from './model.ts';

/** Pixels of a character, most of which are narrower. Text that is longer than its place is cut, and its title has all of it. */
const CHARACTER = 6.8;
const BOLD_CHARACTER = 7.8;
const SLOT = 9;

/** Parts of the drawing that can be clicked. */
export function List({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: SVG has no list
    // biome-ignore lint/a11y/useSemanticElements: SVG has no list
    <g role="list" aria-label={name}>
      {children}
    </g>
  );
}

/** A part of the drawing. A click shows the changes that match its filter. */
export function Part({
  box,
  name,
  title = name,
  kind,
  filter,
  children,
}: {
  box: Box;
  name: string;
  title?: string;
  kind: string;
  filter: string;
  children: ComponentChildren;
}): JSX.Element {
  const show = (): void => showChanges(filter);
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: SVG has no list
    // biome-ignore lint/a11y/useSemanticElements: SVG has no list
    <g role="listitem">
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no button */}
      <g
        role="button"
        class={`part ${kind}`}
        tabindex={0}
        aria-label={visible(name)}
        onClick={show}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          show();
        }}
      >
        <title>{`${visible(title)}. Click to see the changes.`}</title>
        <rect x={box.x} y={box.y} width={box.width} height={box.height} rx="4" />
        {children}
      </g>
    </g>
  );
}

/** A part with lines of text only. */
export function Facts({
  box,
  lines,
  kind = '',
}: {
  box: Box;
  lines: readonly string[];
  kind?: string;
}): JSX.Element {
  const first = box.y + box.height / 2 - (lines.length - 1) * 9 + 4;
  return (
    <g class={`part facts ${kind}`}>
      <title>{visible(lines.join(', '))}</title>
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx="4" />
      {lines.map((line, index) => (
        <text key={index} class={index === 0 ? 'name' : 'soft'} x={box.x + 8} y={first + index * 18}>
          {cut(line, Math.floor((box.width - 16) / (index === 0 ? BOLD_CHARACTER : CHARACTER)), index === 0)}
        </text>
      ))}
    </g>
  );
}

/** A shard: its id, its slots, and what is read and not processed. */
export function ShardText({
  box,
  shard,
  isDense,
  isBlocked,
}: {
  box: Box;
  shard: Shard;
  isDense: boolean;
  isBlocked: (slot: number) => boolean;
}): JSX.Element {
  const { shardId, isClosed, read, slots } = shard;
  const waiting = waitingIn(shard);
  const x = isDense ? box.x + 104 : box.x + 8;
  // A closed shard has no slots any more.
  const shown = isClosed ? [] : [...slots.keys()].sort((one, other) => one - other);
  return (
    <>
      <Line
        box={isDense ? box : { ...box, height: 24 }}
        left={shortId(shardId)}
        right={`${isClosed ? 'closed, ' : ''}${read.toLocaleString('en')} read`}
      />
      {shown.map((slot, index) => (
        <rect
          key={slot}
          class={`slot ${isBlocked(slot) ? 'stuck' : slots.get(slot) === undefined ? '' : 'running'}`}
          x={x + index * (isDense ? SLOT - 4 : SLOT + 2)}
          y={isDense ? box.y + 5 : box.y + 25}
          width={isDense ? SLOT - 5 : SLOT}
          height={SLOT}
          rx="2"
        />
      ))}
      {!isDense && waiting > 0 && (
        <text class="soft" x={box.x + box.width - 8} y={box.y + 33} text-anchor="end">
          {waiting.toLocaleString('en')} not processed
        </text>
      )}
    </>
  );
}

/** A route: its number, event, condition and counts. */
export function RouteLine({ place, isDense }: { place: RouteBox; isDense: boolean }): JSX.Element {
  const { route, number, x, y, width, height } = place;
  const { handled, failed } = routeCounts(route);
  const counts = failed === undefined ? handled : `${handled}, ${failed}`;
  const line = isDense ? y + height / 2 + 4 : y + 16;
  const indent = isDense ? 92 : 32;
  const room = width - indent - 20 - (isDense ? counts.length * CHARACTER : 0);
  return (
    <>
      <text class="number" x={x + 8} y={line}>
        {number}
      </text>
      <text class="event-name" x={x + 32} y={line}>
        {route.eventName}
      </text>
      <text class="soft" x={x + indent} y={isDense ? line : y + 33}>
        {cut(conditionText(route), Math.floor(room / CHARACTER), false)}
      </text>
      <text x={x + width - 8} y={line} text-anchor="end">
        {handled}
        {failed !== undefined && (
          <>
            , <tspan class="failed-count">{failed}</tspan>
          </>
        )}
      </text>
    </>
  );
}

/** One line in the middle of a box, with a text at each end. */
export function Line({ box, left, right }: { box: Box; left: string; right: string }): JSX.Element {
  const y = box.y + box.height / 2 + 4;
  return (
    <>
      <text class="name" x={box.x + 8} y={y}>
        {visible(left)}
      </text>
      <text x={box.x + box.width - 8} y={y} text-anchor="end">
        {right}
      </text>
    </>
  );
}

/** Cuts a text that has no room. @param keepsEnd keeps the end, as of a path */
function cut(text: string, most: number, keepsEnd: boolean): string {
  const whole = visible(text);
  if (whole.length <= most) return whole;
  return keepsEnd ? `…${whole.slice(1 - most)}` : `${whole.slice(0, Math.max(0, most - 1))}…`;
}
