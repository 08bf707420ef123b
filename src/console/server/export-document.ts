import type { Recorder } from '../recorder.ts';

/** The format of an export. Its version grows when a reader of the format has to change. */
const EXPORT_FORMAT = { format: 'streamlane-console', version: 1 } as const;

export interface ExportOptions {
  readonly recorder: Pick<Recorder, 'after' | 'dropped'>;
  readonly run: string;
  readonly keyNames: readonly string[];
}

/**
 * Writes everything that is kept of a run as one JSON document. It is made piece by piece: all at once, it may be longer than a string can be.
 *
 * ```text
 * {"format":"streamlane-console","version":1,"time":"...","run":"...","dropped":0,"keyNames":["id"],"events":[
 * {"id":1,"time":"...","event":"started",...},
 * {"id":2,...}
 * ]}
 * ```
 */
export function* exportDocument({ recorder, run, keyNames }: ExportOptions): Generator<string> {
  const { dropped } = recorder;
  const events = recorder.after(0, Number.POSITIVE_INFINITY);
  const head = { ...EXPORT_FORMAT, time: new Date().toISOString(), run, dropped, keyNames };
  yield `${JSON.stringify(head).slice(0, -1)},"events":[\n`;
  for (const [index, event] of events.entries()) {
    yield `${index === 0 ? '' : ',\n'}${JSON.stringify(event)}`;
  }
  yield '\n]}\n';
}
