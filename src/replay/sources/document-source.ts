import type { ReplaySource, SourceMessage } from './source.ts';

/** Documents that are there already. They are nobody's to delete. */
export function documentSource(documents: readonly unknown[]): ReplaySource {
  let rest = documents.map((body, index): SourceMessage => ({ id: `document ${index + 1}`, body }));
  return {
    async take() {
      const taken = rest;
      rest = [];
      return taken;
    },
    done: async () => new Map(),
    release: async () => {},
  };
}
