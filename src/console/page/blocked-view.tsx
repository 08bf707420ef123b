import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RetrySettings } from '../protocol/events.ts';
import { numbersIn } from '../protocol/number-ranges.ts';
import type { BlockedBatch } from '../state/blocked-batches.ts';
import { keyText } from '../state/key-text.ts';
import { attemptsLeft, expiryOf, timeLeft } from '../state/retry-outlook.ts';
import type { Change } from '../state/store.ts';
import { visible } from '../state/value-text.ts';
import { actOrShow } from './act.ts';
import { showChange, useStore } from './model.ts';
import { OpenInEditor } from './open-in-editor.tsx';
import { SkipButton } from './skip-button.tsx';
import { timeOfDay } from './time-of-day.ts';

/** The shards that are blocked: by which record, for how long, and what can be done. */
export function BlockedView(): JSX.Element {
  const { blocked, retries } = useStore();
  const now = useClock();
  const batches = blocked.list;
  if (batches.length === 0 || retries === undefined) return <p class="empty">No shard is blocked.</p>;
  return (
    <section class="blocked" aria-label="Blocked shards">
      <p class="hint">
        A batch that fails is retried. Until it succeeds or is discarded, the records after it wait.
      </p>
      {batches.map((batch) => (
        <Batch key={batch.requestId} batch={batch} settings={retries} now={now} />
      ))}
    </section>
  );
}

function Batch({
  batch,
  settings,
  now,
}: {
  batch: BlockedBatch;
  settings: RetrySettings;
  now: number;
}): JSX.Element {
  const store = useStore();
  const { requestId, shardId, slot, records, attempt, reason, since, dueAt, failure } = batch;
  const numbers = numbersIn(records);
  const changes = numbers.flatMap((number) => store.change(number) ?? []);
  const failing = changes.find(({ record }) => record.eventID === failure?.eventID);
  const left = attemptsLeft(attempt, settings);
  const expiresAt = expiryOf(changes[0]?.record.createdAt, settings);
  const isWaiting = dueAt !== undefined;
  const name = `${shardId}${slot === undefined || slot === 0 ? '' : `, slot ${slot}`}`;
  return (
    <article aria-label={name}>
      <h2>{name}</h2>
      {reason === 'throttled' ? (
        <p class="message">The invocation was throttled: it did not begin.</p>
      ) : (
        failure !== undefined && <p class="message">{visible(failure.message)}</p>
      )}
      <dl class="facts">
        <dt>Batch</dt>
        <dd>
          {counted(numbers.length)}
          {changes[0] !== undefined && (
            <Culprit change={failing ?? changes[0]} isKnown={failing !== undefined} />
          )}
        </dd>
        <dt>Blocked since</dt>
        <dd>{timeOfDay(since)}</dd>
        <dt>Attempt</dt>
        <dd>{isWaiting ? `${attempt} is next` : `${attempt} runs`}</dd>
        <dt>Attempts left</dt>
        <dd>
          {left === Number.POSITIVE_INFINITY
            ? 'no limit (--maximum-retry-attempts sets one)'
            : `${left} of ${settings.maximumRetryAttempts + 1}`}
        </dd>
        <dt>Next attempt</dt>
        <dd>{nextText(dueAt, now, store.isPaused)}</dd>
        <dt>Expires</dt>
        <dd>
          {expiresAt === undefined
            ? 'unknown'
            : `in ${timeLeft(expiresAt - now)}: then the record is discarded`}
        </dd>
      </dl>
      <p>
        <button type="button" disabled={!isWaiting} onClick={() => void actOrShow('retryNow', { requestId })}>
          Retry now
        </button>
        {failure !== undefined && <OpenInEditor failure={failure} />}
        <SkipButton
          requestId={requestId}
          count={numbers.length}
          destination={settings.onFailureDestination}
        />
      </p>
    </article>
  );
}

/** The record that fails, or the first one of the batch if that is not known. */
function Culprit({ change: { record }, isKnown }: { change: Change; isKnown: boolean }): JSX.Element {
  const { keyNames } = useStore();
  return (
    <>
      , {isKnown ? 'failing:' : 'the first:'}{' '}
      <span class={`event ${record.eventName?.toLowerCase()}`}>{record.eventName}</span>{' '}
      <button type="button" class="link" onClick={() => showChange(record.number)}>
        {keyText(record, keyNames)}
      </button>
    </>
  );
}

function counted(count: number): string {
  if (count === 0) return 'the end of a window';
  return count === 1 ? '1 record' : `${count.toLocaleString('en')} records`;
}

function nextText(dueAt: number | undefined, now: number, isPaused: boolean): string {
  if (dueAt === undefined) return 'now';
  if (dueAt > now) return `in ${timeLeft(dueAt - now)}`;
  return isPaused ? 'after the pause' : 'now';
}

/** The time, which goes on each second. */
function useClock(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
