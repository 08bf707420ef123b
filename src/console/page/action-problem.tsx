import type { JSX } from 'preact';
import { actionProblem } from './act.ts';

/** Shows why an action was refused. The region is always there, because screen readers say only what is added to one. */
export function ActionProblem(): JSX.Element {
  const problem = actionProblem.value;
  return (
    <div class="action-problem" aria-live="assertive">
      {problem !== undefined && (
        <p class="notice">
          {problem}{' '}
          <button
            type="button"
            onClick={() => {
              actionProblem.value = undefined;
            }}
          >
            Close
          </button>
        </p>
      )}
    </div>
  );
}
