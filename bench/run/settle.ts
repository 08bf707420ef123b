/**
 * Collects the young generation twice, which moves its live objects into the old one. Otherwise the next entrant pays for
 * moving the event that JSON.parse left there: half of the time that a quick
 * handler of small records takes, and now more, now less of it.
 *
 * Not a full collection: that clears V8's stub caches and shrinks its new space, which made runs of streamlane 2
 * to 4 times slower, and happens before no invocation.
 */
export function settle(): void {
  globalThis.gc?.({ type: 'minor', execution: 'sync' });
  globalThis.gc?.({ type: 'minor', execution: 'sync' });
}
