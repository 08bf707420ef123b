import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { scrollTo, windowOf } from '../state/list-window.ts';

interface VirtualListProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly rowHeight: number;
  readonly keyOf: (row: Row) => number;
  readonly draw: (row: Row) => JSX.Element;
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
  const { label, rows, rowHeight, keyOf, draw, selected, isMarked, onSelect, isFollowing, onFollow } = props;
  const box = useRef<HTMLDivElement>(null);
  const [{ scrollTop, height }, setPlace] = useState({ scrollTop: 0, height: 600 });
  const index = selected === undefined ? -1 : rows.findIndex((row) => keyOf(row) === selected);
  const idOf = (key: number): string => `${label}-${key}`;
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    const measure = (): void => setPlace({ scrollTop: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    if (isFollowing) element.scrollTop = element.scrollHeight;
  }, [rows.length, rows.at(-1), isFollowing]);
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    if (index === -1 || isFollowing) return;
    element.scrollTop = scrollTo(index, rowHeight, element.scrollTop, element.clientHeight);
  }, [selected]);
  const onScroll = (): void => {
    const element = box.current as HTMLDivElement;
    setPlace({ scrollTop: element.scrollTop, height: element.clientHeight });
    const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (distance > rowHeight * 2 && element.scrollTop < scrollTop) onFollow(false);
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
        {rows.slice(first, end).map((row, offset) => {
          const key = keyOf(row);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
            <div
              class="row"
              role="option"
              tabIndex={-1}
              key={key}
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
              {draw(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
