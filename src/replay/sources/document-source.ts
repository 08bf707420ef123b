import type { ReplaySource, SourceMessage } from './source.ts';

/** Documents that are there already. They are not deleted. */
export function documentSource(documents: readonly unknown[]): ReplaySource {
  // A list may have holes, which map() leaves out.
  const messages = Array.from(
    documents,
    (body, index): SourceMessage => ({ id: `document ${index + 1}`, body }),
  );
  return {
    inRounds: false,
    take: async () => messages,
    done: async () => new Map(),
    release: async () => {},
  };
}
