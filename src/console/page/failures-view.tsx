import type { JSX } from 'preact';
import type { SourceLines } from '../protocol/events.ts';
import type { FailureGroup } from '../state/failure-groups.ts';
import { failureJson } from '../state/failure-json.ts';
import { keyText } from '../state/key-text.ts';
import { visible } from '../state/value-text.ts';
import { ChangeDetails } from './change-details.tsx';
import { CopyButton } from './copy-button.tsx';
import { selectedFailure, showChange, useStore } from './model.ts';
import { OpenInEditor } from './open-in-editor.tsx';
import { SaveTest } from './save-test.tsx';
import { timeOfDay } from './time-of-day.ts';

const MAX_RECORDS = 20;

/** Failures, grouped by message and place, and the selected group with its code and records. */
export function FailuresView(): JSX.Element {
  const groups = useStore().failures.list;
  const selected = groups.find(({ id }) => id === selectedFailure.value) ?? groups[0];
  if (selected === undefined) return <p class="empty">No record has failed.</p>;
  return (
    <div class="split failures">
      <section aria-label="Failures">
        <ul class="list groups">
          {groups.map((group) => (
            <li key={group.id}>
              <button
                type="button"
                aria-current={group === selected ? 'true' : undefined}
                onClick={() => {
                  selectedFailure.value = group.id;
                }}
              >
                <b>{visible(group.failure.message)}</b>
                <span>
                  {group.failure.at} · {times(group.count)} · last {timeOfDay(group.last)}
                  {group.failure.deadLettered && ' · dead-lettered'}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <aside aria-label="Selected failure">
        <Group key={selected.id} group={selected} />
      </aside>
    </div>
  );
}

function Group({ group }: { group: FailureGroup }): JSX.Element {
  const store = useStore();
  const { failure, count, first, last, numbers } = group;
  const newestFirst = numbers.slice(-MAX_RECORDS).reverse();
  const records = newestFirst.flatMap((number) => store.change(number) ?? []);
  const [newest] = records;
  return (
    <>
      <h2 class="message">{visible(failure.message)}</h2>
      <p>
        {failure.at !== undefined && <code>{failure.at}</code>} {times(count)}
        {count > 1 && ` from ${timeOfDay(first)} to ${timeOfDay(last)}`}{' '}
        <CopyButton label="Copy as JSON" text={() => failureJson(group, newest)} />{' '}
        <OpenInEditor failure={failure} />{' '}
        {records.length > 0 && <SaveTest changes={records} failure={failure} />}
      </p>
      {failure.source !== undefined && <Source source={failure.source} at={failure.at as string} />}
      <details>
        <summary>Stack</summary>
        <pre>{visible(failure.stack).replaceAll('\\u000a', '\n')}</pre>
      </details>
      {records.length > 1 && (
        <>
          <h3>Records</h3>
          <p class="records">
            {records.map(({ record }) => (
              <button type="button" key={record.number} onClick={() => showChange(record.number)}>
                {keyText(record, store.keyNames)}
              </button>
            ))}
          </p>
        </>
      )}
      {newest !== undefined && (
        <>
          <h3>{records.length > 1 ? 'The last record' : 'The record'}</h3>
          <ChangeDetails change={newest} keyNames={store.keyNames} />
        </>
      )}
    </>
  );
}

function Source({ source, at }: { source: SourceLines; at: string }): JSX.Element {
  const failing = Number(at.split(':').at(-1));
  return (
    <ol class="source" start={source.firstLine} aria-label={`Source around ${at}`}>
      {source.lines.map((line, index) => {
        const number = source.firstLine + index;
        return (
          <li key={number} value={number} aria-current={number === failing ? 'true' : undefined}>
            <code>{visible(line).replaceAll('\\u0009', '  ') || ' '}</code>
          </li>
        );
      })}
    </ol>
  );
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count.toLocaleString('en')} times`;
}
