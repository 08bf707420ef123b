export interface AuditEntry {
  readonly at: Date | undefined;
  /** The same at each delivery of the record, so that a reader of the log can drop an entry it has already. */
  readonly eventID: string | undefined;
  readonly table: string | undefined;
  readonly keys: unknown;
  readonly item: unknown;
}

/** One entry is one line of JSON, in the function's log. */
export function writeAuditEntry(entry: AuditEntry): void {
  console.log(JSON.stringify(entry));
}
