import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Difference, differencesOf } from '../state/diff.ts';
import { keyText } from '../state/key-text.ts';
import { lambdaShape } from '../state/lambda-shape.ts';
import type { Change } from '../state/store.ts';
import { valueText, visible } from '../state/value-text.ts';
import { CopyButton } from './copy-button.tsx';
import { ItemHistory } from './item-history.tsx';
import { useStore } from './model.ts';
import { RerunButtons } from './rerun-buttons.tsx';
import { RerunFacts } from './rerun-facts.tsx';
import { SaveTest } from './save-test.tsx';
import { timeOfDay } from './time-of-day.ts';

const MAX_ROWS = 300;
const MAX_CHARACTERS = 2000;

/** One change: what it changed, and what happened to it. */
export function ChangeDetails({
  change,
  keyNames,
}: {
  change: Change;
  keyNames: readonly string[];
}): JSX.Element {
  const { handler } = useStore();
  const { record, shardId, time, status, attempts, message, entity, rerun } = change;
  const { eventName, eventID, sequenceNumber, createdAt, isExpired } = record;
  return (
    <>
      <h2>
        <span class={`event ${eventName?.toLowerCase()}`}>{eventName}</span> {keyText(record, keyNames)}
      </h2>
      <p>
        {handler !== undefined && <span class={`status ${status}`}>{status}</span>}
        {attempts > 0 && ` after ${attempts} ${attempts === 1 ? 'invocation' : 'invocations'}`}
        {isExpired && ', deleted by Time to Live'}{' '}
        <CopyButton label="Copy as JSON" text={() => json(change)} /> <RerunButtons changes={[change]} />{' '}
        <SaveTest changes={[change]} failure={message === undefined ? undefined : { message }} />
      </p>
      {message !== undefined && <p class="message">{visible(message)}</p>}
      {rerun !== undefined && <RerunFacts rerun={rerun} />}
      <Differences key={record.number} differences={differencesOf(record.oldImage, record.newImage)} />
      <dl class="facts">
        <dt>Read</dt>
        <dd>{timeOfDay(time)}</dd>
        <dt>Changed</dt>
        <dd>{createdAt === undefined ? 'unknown' : new Date(createdAt * 1000).toISOString()}</dd>
        {entity !== undefined && (
          <>
            <dt>Entity</dt>
            <dd>{visible(entity)}</dd>
          </>
        )}
        {shardId !== '' && (
          <>
            <dt>Shard</dt>
            <dd>{shardId}</dd>
          </>
        )}
        <dt>Sequence number</dt>
        <dd>{sequenceNumber}</dd>
        <dt>Event ID</dt>
        <dd>{eventID}</dd>
      </dl>
      {rerun === undefined && <ItemHistory change={change} />}
    </>
  );
}

function Differences({ differences }: { differences: readonly Difference[] }): JSX.Element {
  const [showsAll, setShowsAll] = useState(false);
  const changed = differences.filter(({ kind }) => kind !== 'same');
  const same = differences.length - changed.length;
  const rows = (showsAll ? differences : changed).slice(0, MAX_ROWS);
  if (differences.length === 0) return <p class="hint">The stream carries no image of this change.</p>;
  return (
    <>
      <table class="diff">
        <caption class="unseen">The item before and after the change</caption>
        <thead>
          <tr>
            <th scope="col">Attribute</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ path, kind, before, after }) => (
            <tr key={path} class={kind}>
              <th scope="row">{visible(path)}</th>
              <td>{before !== undefined && <Value value={before} />}</td>
              <td>{after !== undefined && <Value value={after} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">
        {changed.length > MAX_ROWS && `The first ${MAX_ROWS} of ${changed.length} are shown. `}
        {same > 0 && (
          <button type="button" aria-pressed={showsAll} onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? 'Hide' : 'Show'} {same} unchanged
          </button>
        )}
      </p>
    </>
  );
}

function Value({ value }: { value: unknown }): JSX.Element {
  return <code>{valueText(value, MAX_CHARACTERS)}</code>;
}

function json({ record }: Change): string {
  return JSON.stringify(lambdaShape(record), undefined, 2);
}
