import type { JSX } from 'preact';
import type { Outcome } from '../state/timeline/invocation.ts';

/** The outcomes of the legend. */
export const SWATCHES: readonly Outcome[] = ['succeeded', 'partial', 'failed', 'throttled', 'running'];

/** The patterns of outcomes, for people who do not see their colours. The style sheet refers to them. */
export function Patterns(): JSX.Element {
  return (
    <svg class="patterns" aria-hidden="true">
      <defs>
        <pattern id="partial" width="8" height="8" patternUnits="userSpaceOnUse">
          <rect width="8" height="8" class="good" />
          <path d="M-2 10L10 -2M-2 2L2 -2M6 10L10 6" class="warn-line" />
        </pattern>
        <pattern id="failed" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" class="bad-back" />
          <path d="M0 0L6 6M6 0L0 6" class="bad-line" />
        </pattern>
        <pattern id="throttled" width="5" height="5" patternUnits="userSpaceOnUse">
          <circle cx="2.5" cy="2.5" r="1.2" class="soft" />
        </pattern>
      </defs>
    </svg>
  );
}
