import type { JSX } from 'preact';
import { keyText } from '../state/key-text.ts';
import type { Rerun } from '../state/reruns.ts';
import { visible } from '../state/value-text.ts';
import { showChange, useStore } from './model.ts';

const MAX_CHARACTERS = 2000;

const KINDS: Readonly<Record<Rerun['kind'], string>> = {
  again: 'Rerun',
  edited: 'Rerun with an edited image',
  written: 'New record, which is not in the stream',
};

/** What an invocation beside the mapping has answered. */
export function RerunFacts({ rerun }: { rerun: Rerun }): JSX.Element {
  const { kind, of, outcome, durationMs, response, error } = rerun;
  const store = useStore();
  const original = of.length === 1 ? store.change(of[0] as number) : undefined;
  return (
    <section class="rerun" aria-label="Rerun">
      <p>
        <b>{KINDS[kind]}</b>
        {kind !== 'written' && original !== undefined && (
          <>
            {' of '}
            <button type="button" onClick={() => showChange(original.record.number)}>
              {keyText(original.record, store.keyNames)}
            </button>
          </>
        )}
        {of.length > 1 && `, with ${of.length.toLocaleString('en')} records in one event`}
        {outcome === undefined ? ': running' : `: ${outcome} in ${durationMs?.toLocaleString('en')} ms`}
      </p>
      {error !== undefined && (
        <p class="message">
          {visible(error.name)}: {visible(error.message)}
        </p>
      )}
      {response !== undefined && (
        <p>
          Response <code>{visible(JSON.stringify(response)).slice(0, MAX_CHARACTERS)}</code>
        </p>
      )}
    </section>
  );
}
