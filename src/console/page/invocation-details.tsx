import type { JSX } from 'preact';
import { numbersIn } from '../protocol/number-ranges.ts';
import { keyText } from '../state/key-text.ts';
import { familyOf } from '../state/timeline/family.ts';
import type { Invocation } from '../state/timeline/invocation.ts';
import { counted, durationText, invocationText, outcomeText } from '../state/timeline/invocation-text.ts';
import { visible } from '../state/value-text.ts';
import { showChange } from './model.ts';
import { usePicture } from './picture-clock.ts';
import { timeOfDay } from './time-of-day.ts';
import { selectedInvocations, showInvocation, showSpan } from './timeline-model.ts';

const MAX_RECORDS = 200;
const MAX_INVOCATIONS = 100;

/** The selected rectangle: one invocation, or a list of them. */
export function InvocationDetails(): JSX.Element {
  const { timeline } = usePicture().store;
  const invocations = selectedInvocations.value.flatMap((id) => timeline.invocation(id) ?? []);
  const [first] = invocations;
  if (first === undefined)
    return <p class="empty">Select an invocation to see what happened in it, and its records.</p>;
  return invocations.length === 1 ? <One invocation={first} /> : <Several invocations={invocations} />;
}

function Several({ invocations }: { invocations: readonly Invocation[] }): JSX.Element {
  const [first, last] = [invocations[0] as Invocation, invocations.at(-1) as Invocation];
  return (
    <>
      <h2>{counted(invocations.length, 'invocation')}</h2>
      <p>
        They are too short to be told apart here.{' '}
        <button type="button" onClick={() => showSpan(first.startedMs, last.endedMs ?? last.startedMs)}>
          Zoom to them
        </button>
      </p>
      <Invocations invocations={invocations} />
    </>
  );
}

function One({ invocation }: { invocation: Invocation }): JSX.Element {
  const { timeline } = usePicture().store;
  const { requestId, attempt, outcome, shardId, slot, startedMs, durationMs, messages, recordCount } =
    invocation;
  const family = familyOf(invocation, timeline);
  return (
    <>
      <h2>
        <span class={`status ${outcome}`}>{outcomeText(outcome)}</span> {counted(recordCount, 'record')}
        {attempt > 1 && `, attempt ${attempt}`}
      </h2>
      {messages.map((message) => (
        <p class="message" key={message}>
          {visible(message)}
        </p>
      ))}
      <dl class="facts">
        <dt>Started</dt>
        <dd>{timeOfDay(new Date(startedMs).toISOString())}</dd>
        <dt>Duration</dt>
        <dd>{durationMs === undefined ? 'unknown' : durationText(durationMs)}</dd>
        <dt>Attempt</dt>
        <dd>{attempt}</dd>
        <dt>Request ID</dt>
        <dd>{requestId}</dd>
        <dt>Shard</dt>
        <dd>
          {shardId}, slot {slot}
        </dd>
      </dl>
      {family.length > 1 && (
        <>
          <h3>This batch, with its retries and splits</h3>
          <Invocations invocations={family} current={invocation.id} />
        </>
      )}
      <Records invocation={invocation} />
    </>
  );
}

/** Invocations as a tree: halves are indented. */
function Invocations({
  invocations,
  current,
}: {
  invocations: readonly Invocation[];
  current?: number;
}): JSX.Element {
  const shown = invocations.slice(0, MAX_INVOCATIONS);
  const top = Math.min(...shown.map(({ depth }) => depth));
  return (
    <>
      <ul class="family">
        {shown.map((invocation) => {
          const { id, depth, startedMs, outcome } = invocation;
          return (
            <li key={id} class={`indent-${Math.min(6, depth - top)}`}>
              <button
                type="button"
                aria-current={id === current ? 'true' : undefined}
                onClick={() => showInvocation(id, startedMs)}
              >
                <svg width="14" height="12" aria-hidden="true">
                  <rect x="0.5" y="0.5" width="13" height="11" rx="2" class={`bar ${outcome}`} />
                </svg>
                {invocationText(invocation)}
              </button>
            </li>
          );
        })}
      </ul>
      {invocations.length > shown.length && (
        <p class="hint">
          The first {shown.length} of {invocations.length.toLocaleString('en')} are listed.
        </p>
      )}
    </>
  );
}

function Records({ invocation }: { invocation: Invocation }): JSX.Element | null {
  const { store } = usePicture();
  const { records, recordCount, failedRecords } = invocation;
  if (recordCount === 0) return null;
  const failed = new Set(failedRecords.map(({ number }) => number));
  const numbers = numbersIn(records);
  // Failed records must not hide behind the limit.
  const listed = [...failed, ...numbers.filter((number) => !failed.has(number))].slice(0, MAX_RECORDS);
  return (
    <>
      <h3>Records</h3>
      {listed.length < recordCount && (
        <p class="hint">
          {listed.length} of {recordCount.toLocaleString('en')} are listed, the failed ones first.
        </p>
      )}
      <ul class="records">
        {listed
          .flatMap((number) => store.change(number) ?? [])
          .map(({ record }) => (
            <li key={record.number}>
              <button
                type="button"
                class={failed.has(record.number) ? 'bad' : ''}
                aria-label={`${keyText(record, store.keyNames)}${failed.has(record.number) ? ', failed' : ''}: show the change`}
                onClick={() => showChange(record.number)}
              >
                {failed.has(record.number) && '✕ '}
                {keyText(record, store.keyNames)}
              </button>
            </li>
          ))}
      </ul>
    </>
  );
}
