import type { JSX } from 'preact';
import { actOrShow } from './act.ts';
import { connection, readStore, useStore } from './model.ts';

/** Pauses the mapping, resumes it, or lets it invoke the function once. Nothing without a mapping. */
export function MappingControls(): JSX.Element | undefined {
  const { isPaused, handler } = useStore();
  if (handler === undefined) return undefined;
  return (
    <fieldset class="mapping" aria-label="Mapping" disabled={!isControllable()}>
      <button
        type="button"
        aria-pressed={isPaused}
        aria-keyshortcuts="Shift+P"
        title="P"
        onClick={toggleMapping}
      >
        {isPaused ? 'Resume mapping' : 'Pause mapping'}
      </button>
      <button type="button" aria-keyshortcuts="s" title="s" onClick={stepMapping}>
        Step
      </button>
    </fieldset>
  );
}

/** Lets one invocation begin. The mapping is paused afterwards. */
export function stepMapping(): void {
  if (isControllable()) void actOrShow('step');
}

/** Holds back invocations, or no longer. */
export function toggleMapping(): void {
  if (isControllable()) void actOrShow(readStore().isPaused ? 'resume' : 'pause');
}

function isControllable(): boolean {
  const { handler, state } = readStore();
  return handler !== undefined && connection.value === 'live' && state !== 'Stopped';
}
