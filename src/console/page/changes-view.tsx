import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { keyText } from '../state/key-text.ts';
import type { Change } from '../state/store.ts';
import { summaryText } from '../state/summary-text.ts';
import { counted } from '../state/timeline/invocation-text.ts';
import { visible } from '../state/value-text.ts';
import { ChangeDetails } from './change-details.tsx';
import {
  filterText,
  isFilterWanted,
  isFollowing,
  pausedAt,
  selectedChange,
  togglePause,
  useChanges,
  useStore,
} from './model.ts';
import { RerunButtons } from './rerun-buttons.tsx';
import { editing } from './rerun-editor.tsx';
import { SaveTest } from './save-test.tsx';
import { select, selectedAmong } from './selection.ts';
import { timeOfDay } from './time-of-day.ts';
import { VirtualList } from './virtual-list.tsx';

const ROW_HEIGHT = 26;

/** The feed: each change as one line, and the selected one beside it. */
export function ChangesView(): JSX.Element {
  const { changes, problem } = useChanges();
  const store = useStore();
  const selected = selectedChange.value === undefined ? undefined : store.change(selectedChange.value);
  const several = selectedAmong(changes);
  const marked = new Set(several.map(({ record }) => record.number));
  return (
    <div class="split">
      <section aria-label="Changes">
        <Toolbar problem={problem} shown={changes.length} />
        <VirtualList
          label="Feed of changes"
          rows={changes}
          rowHeight={ROW_HEIGHT}
          keyOf={({ record }) => record.number}
          drawRow={(change) => (
            <Row change={change} keyNames={store.keyNames} hasStatus={store.handler !== undefined} />
          )}
          selected={selectedChange.value}
          isMarked={(number) => marked.has(number)}
          onSelect={select}
          isFollowing={isFollowing.value && pausedAt.value === undefined}
          onFollow={(follows) => {
            isFollowing.value = follows;
          }}
        />
        {changes.length === 0 && (
          <p class="empty">
            {store.changes.length === 0
              ? 'Write to the table: its changes appear here.'
              : 'No change matches the filter.'}
          </p>
        )}
      </section>
      <aside aria-label="Selected change">
        {selected === undefined ? (
          <p class="empty">Select a change to see what it changed.</p>
        ) : (
          <>
            {several.length > 1 && <Several changes={several} />}
            <ChangeDetails change={selected} keyNames={store.keyNames} />
          </>
        )}
      </aside>
    </div>
  );
}

/** The actions for several changes. */
function Several({ changes }: { changes: readonly Change[] }): JSX.Element {
  return (
    <fieldset class="several" aria-label="Selected changes">
      <b>{changes.length.toLocaleString('en')} changes selected</b> <RerunButtons changes={changes} />{' '}
      <SaveTest changes={changes} />
    </fieldset>
  );
}

function Toolbar({ problem, shown }: { problem: string | undefined; shown: number }): JSX.Element {
  const store = useStore();
  const { changes, dropped, droppedEvents, handler } = store;
  const field = useRef<HTMLInputElement>(null);
  const isWanted = isFilterWanted.value;
  useLayoutEffect(() => {
    if (!isWanted) return;
    field.current?.focus();
    isFilterWanted.value = false;
  }, [isWanted]);
  const hidden = pausedAt.value === undefined ? 0 : (changes.at(-1)?.record.number ?? 0) - pausedAt.value;
  const words = `text  key:c1  event:insert  ${handler === undefined ? '' : 'status:failed  entity:order  route:2  '}{"eventName":["REMOVE"]}`;
  return (
    <div class="toolbar">
      <input
        ref={field}
        type="search"
        placeholder={`Filter (/)  text  key:c1  ${handler === undefined ? 'event:insert' : 'status:failed'}`}
        title={words}
        aria-label="Filter changes"
        aria-invalid={problem !== undefined}
        spellcheck={false}
        value={filterText.value}
        onInput={({ currentTarget }) => {
          filterText.value = currentTarget.value;
        }}
      />
      <button type="button" aria-pressed={pausedAt.value !== undefined} onClick={togglePause} title="p">
        {pausedAt.value === undefined ? 'Pause feed' : `Paused: ${hidden.toLocaleString('en')} new`}
      </button>
      <button
        type="button"
        aria-pressed={isFollowing.value}
        onClick={() => {
          isFollowing.value = !isFollowing.value;
        }}
      >
        Follow
      </button>
      {handler !== undefined && (
        <button
          type="button"
          title="Invokes the handler with a record that you write"
          onClick={() => {
            const selected =
              selectedChange.value === undefined ? undefined : store.change(selectedChange.value);
            editing.value = { kind: 'written', change: selected ?? changes.at(-1) };
          }}
        >
          New record
        </button>
      )}
      <a class="button" href="/export.json" download title="Everything that is kept, as JSON">
        Export
      </a>
      <p class="hint">
        {/* A screen reader says the problem. The count changes with each drawing, so it is not said. */}
        <span role="status">{problem}</span>
        {problem === undefined &&
          `${shown.toLocaleString('en')} shown${
            dropped > 0 || droppedEvents > 0 ? `. The oldest are dropped: ${counted(dropped, 'change')}` : ''
          }`}
      </p>
    </div>
  );
}

function Row({
  change,
  keyNames,
  hasStatus,
}: {
  change: Change;
  keyNames: readonly string[];
  /** False without a handler. */
  hasStatus: boolean;
}): JSX.Element {
  const { record, time, status, attempts, entity, rerun } = change;
  return (
    <>
      <time>{timeOfDay(time)}</time>
      <span class={`event ${record.eventName?.toLowerCase()}`}>{record.eventName}</span>
      <span class="key">
        {rerun !== undefined && <em>rerun</em>}
        {entity !== undefined && <b class="entity">{visible(entity)}</b>}
        {keyText(record, keyNames)}
      </span>
      <span class="summary">{summaryText(record)}</span>
      {hasStatus && (
        <span class={`status ${status}`}>
          {status}
          {attempts > 1 && ` ×${attempts}`}
        </span>
      )}
    </>
  );
}
