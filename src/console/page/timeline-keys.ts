import { holdTimeline } from './timeline-model.ts';

/** Arrows move the focus: left and right in a lane, up and down between lanes. */
export function moveInLanes(event: KeyboardEvent): void {
  const current = (event.target as Element).closest('.block');
  const lane = current?.closest('svg');
  if (current === null || lane === null || lane === undefined) return;
  const next = nextBlock(event.key, current, lane);
  if (next === undefined) return;
  event.preventDefault();
  holdTimeline();
  next.focus();
}

function nextBlock(key: string, current: Element, lane: SVGSVGElement): SVGElement | undefined {
  const blocks = blocksOf(lane);
  const index = blocks.indexOf(current as SVGElement);
  switch (key) {
    case 'ArrowRight':
      return blocks[index + 1];
    case 'ArrowLeft':
      return blocks[index - 1];
    case 'Home':
      return blocks[0];
    case 'End':
      return blocks.at(-1);
    case 'ArrowUp':
      return nearest(current, lanesAround(lane).before);
    case 'ArrowDown':
      return nearest(current, lanesAround(lane).after);
    default:
      return undefined;
  }
}

/** Lanes with something to focus, the nearest one first. */
function lanesAround(lane: SVGSVGElement): Record<'before' | 'after', readonly SVGSVGElement[]> {
  const all = [...document.querySelectorAll<SVGSVGElement>('.lane-drawing')];
  const index = all.indexOf(lane);
  const busy = (lanes: readonly SVGSVGElement[]) => lanes.filter((other) => blocksOf(other).length > 0);
  return { before: busy(all.slice(0, index).reverse()), after: busy(all.slice(index + 1)) };
}

function nearest(current: Element, [lane]: readonly SVGSVGElement[]): SVGElement | undefined {
  if (lane === undefined) return undefined;
  const { left } = current.getBoundingClientRect();
  const distance = (block: Element): number => Math.abs(block.getBoundingClientRect().left - left);
  return blocksOf(lane).toSorted((one, other) => distance(one) - distance(other))[0];
}

function blocksOf(lane: SVGSVGElement): SVGElement[] {
  return [...lane.querySelectorAll<SVGElement>('.block')];
}
