import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Change } from '../state/store.ts';
import { act } from './act.ts';
import { showChange, useStore } from './model.ts';
import { editing } from './rerun-editor.tsx';

/** Sends records to the handler again, if there is one: as they are, or with other images. */
export function RerunButtons({ changes }: { changes: readonly Change[] }): JSX.Element | null {
  const [problem, setProblem] = useState<string>();
  const rerun = async (): Promise<void> => {
    setProblem(undefined);
    try {
      const numbers = changes.map(({ record }) => record.number);
      const { first } = (await act('rerun', { numbers })) as { readonly first: number };
      showChange(first);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  if (useStore().handler === undefined) return null;
  const [only] = changes;
  return (
    <>
      <button type="button" onClick={rerun} title="Sends it to the handler as it is now, beside the mapping">
        Rerun
      </button>{' '}
      {changes.length === 1 && (
        <button
          type="button"
          onClick={() => {
            editing.value = { kind: 'edited', change: only };
          }}
        >
          Edit and rerun
        </button>
      )}
      {problem !== undefined && (
        <span class="bad" role="alert">
          {' '}
          {problem}
        </span>
      )}
    </>
  );
}
