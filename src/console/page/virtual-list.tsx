import type { JSX } from 'preact';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { scrollTo, windowOf } from '../state/list-window.ts';
import { RowSlots } from '../state/row-slots.ts';

interface VirtualListProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly rowHeight: number;
  readonly keyOf: (row: Row) => number;
  readonly drawRow: (row: Row) => JSX.Element;
  readonly selected: number | undefined;
  /** Selected together with the one that has the focus. */
  readonly isMarked?: (key: number) => boolean;
  /** @param isExtending true if the person holds Shift */
  readonly onSelect: (key: number, isExtending: boolean) => void;
  /** Stays at the end when rows are added. */
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
}

/** A list of any length, of which only the visible rows are drawn. */
export function VirtualList<Row>(props: VirtualListProps<Row>): JSX.Element {
  const { label, rows, rowHeight, keyOf, drawRow, selected, isMarked, onSelect, isFollowing, onFollow } =
    props;
  const box = useRef<HTMLDivElement>(null);
  const place = useRef({ scrollTop: 0, height: 600 });
  const slots = useRef(new RowSlots());
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const index = selected === undefined ? -1 : rows.findIndex((row) => keyOf(row) === selected);
  const idOf = (key: number): string => `${label}-${key}`;
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    const observer = new ResizeObserver(() => {
      place.current = { scrollTop: element.scrollTop, height: element.clientHeight };
      draw(undefined);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // A list that follows is drawn at its end at once, and not again when the browser has scrolled it.
  if (isFollowing) place.current.scrollTop = Math.max(0, rows.length * rowHeight - place.current.height);
  const { scrollTop, height } = place.current;
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    if (isFollowing) element.scrollTop = scrollTop;
  }, [rows.length, height, isFollowing]);
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    if (index === -1 || isFollowing) return;
    element.scrollTop = scrollTo(index, rowHeight, element.scrollTop, element.clientHeight);
  }, [selected]);
  const onScroll = (): void => {
    // The event of a scroll can come when another view is drawn.
    if (box.current === null) return;
    const before = place.current.scrollTop;
    const { scrollTop, clientHeight } = box.current;
    place.current.scrollTop = scrollTop;
    const distance = rows.length * rowHeight - scrollTop - clientHeight;
    if (distance > rowHeight * 2 && scrollTop < before) onFollow(false);
    if (!isFollowing) draw(undefined);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 20,
      PageUp: -20,
      Home: -rows.length,
      End: rows.length,
    }[event.key];
    if (step === undefined || rows.length === 0) return;
    event.preventDefault();
    const next = Math.min(rows.length - 1, Math.max(0, index + step));
    onFollow(false);
    onSelect(keyOf(rows[next] as Row), event.shiftKey);
  };
  const { first, end } = windowOf(rows.length, rowHeight, scrollTop, height);
  const drawn = rows.slice(first, end);
  const slotOf = slots.current.of(drawn.map(keyOf));
  return (
    <div
      class="list"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-multiselectable={isMarked !== undefined}
      aria-activedescendant={index === -1 ? undefined : idOf(selected as number)}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div class="rows" style={{ height: `${rows.length * rowHeight}px` }}>
        {drawn.map((row, offset) => {
          const key = keyOf(row);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
            <div
              class="row"
              role="option"
              tabIndex={-1}
              key={slotOf[offset]}
              id={idOf(key)}
              aria-selected={key === selected || isMarked?.(key) === true}
              aria-setsize={rows.length}
              aria-posinset={first + offset + 1}
              style={{ top: `${(first + offset) * rowHeight}px`, height: `${rowHeight}px` }}
              onMouseDown={(event) => {
                // With Shift, the browser would mark text.
                if (event.shiftKey) event.preventDefault();
              }}
              onClick={({ shiftKey }) => {
                onFollow(false);
                onSelect(key, shiftKey);
              }}
            >
              {drawRow(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
