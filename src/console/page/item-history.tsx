import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { ChangeList } from '../state/change-list.ts';
import { changesOf, itemOf, stepIn } from '../state/item-history.ts';
import type { Change } from '../state/store.ts';
import { summaryText } from '../state/summary-text.ts';
import { isFollowing, readStore, selectedChange, showChange, useStore, view } from './model.ts';
import { timeOfDay } from './time-of-day.ts';
import { VirtualList } from './virtual-list.tsx';

const ROW_HEIGHT = 26;
const MAX_ROWS = 8;

/** All changes of the item of a change, each with its difference. */
export function ItemHistory({ change }: { change: Change }): JSX.Element {
  const store = useStore();
  const item = itemOf(change);
  // Looks at each change of the feed once.
  const list = useMemo(() => (item === undefined ? undefined : new ChangeList(changesOf(item))), [item]);
  const history = list?.in(store);
  return (
    <section class="history" aria-label="History of this item">
      <h3>History of this item</h3>
      {history === undefined ? (
        <p class="hint">The key is hidden. So changes of this item look like those of other items.</p>
      ) : (
        <>
          <div style={{ height: `${Math.min(MAX_ROWS, history.length) * ROW_HEIGHT + 2}px` }}>
            <VirtualList
              label="Changes of this item"
              rows={history}
              rowHeight={ROW_HEIGHT}
              keyOf={({ record }) => record.number}
              drawRow={(other) => <Row change={other} />}
              selected={change.record.number}
              onSelect={select}
              isFollowing={false}
              onFollow={() => {}}
            />
          </div>
          <p class="hint">
            Change {(history.indexOf(change) + 1).toLocaleString('en')} of{' '}
            {history.length.toLocaleString('en')}
            {store.dropped > 0 && '. Older ones may be dropped.'}
          </p>
        </>
      )}
    </section>
  );
}

/** Shows the next change of the item of the selected change, or the one before. */
export function moveInHistory(step: 1 | -1): void {
  const store = readStore();
  const from = selectedChange.value === undefined ? undefined : store.change(selectedChange.value);
  const item = from && itemOf(from);
  if (from === undefined || item === undefined) return;
  const next = stepIn(new ChangeList(changesOf(item)).in(store), from, step);
  if (next !== undefined) select(next.record.number);
}

function select(number: number): void {
  if (view.value !== 'changes') {
    showChange(number);
    return;
  }
  isFollowing.value = false;
  selectedChange.value = number;
}

function Row({ change }: { change: Change }): JSX.Element {
  const { record, time, status } = change;
  return (
    <>
      <time>{timeOfDay(time)}</time>
      <span class={`event ${record.eventName?.toLowerCase()}`}>{record.eventName}</span>
      <span class="summary" title={summaryText(record)}>
        {summaryText(record)}
      </span>
      {readStore().handler !== undefined && <span class={`status ${status}`}>{status}</span>}
    </>
  );
}
