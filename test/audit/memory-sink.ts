import type { AuditEntry } from '../../src/audit/index.ts';
import type { SendOptions, Sink } from '../../src/sinks/sink.ts';

/** A sink that keeps what it accepted. */
export function memorySink(): Sink & { readonly entries: AuditEntry[]; readonly options: SendOptions[] } {
  const entries: AuditEntry[] = [];
  const options: SendOptions[] = [];
  return {
    target: 'memory',
    entries,
    options,
    async send(message, sent) {
      // Accepted later, as by a server.
      await new Promise((resolve) => setImmediate(resolve));
      entries.push(message as AuditEntry);
      options.push(sent);
    },
  };
}
