import type { JSX } from 'preact';
import type { FailureText } from '../protocol/events.ts';
import { actOrShow } from './act.ts';

/** Opens the line that threw an error, if its file is one that the handler was loaded from. */
export function OpenInEditor({ failure }: { failure: FailureText }): JSX.Element | undefined {
  const { at, source } = failure;
  if (at === undefined || source === undefined) return undefined;
  return (
    <button type="button" onClick={() => void actOrShow('openInEditor', { at })}>
      Open in editor
    </button>
  );
}
