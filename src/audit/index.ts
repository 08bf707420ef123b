// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

export type { AuditEntry, AuditedRecord } from './audit-entry.ts';
export { type AuditTrail, auditTrail } from './audit-trail.ts';
export { auditKeyOf } from './item-key.ts';
export type { JsonValue } from './json-value.ts';
export { loggerSink } from './logger-sink.ts';
export type { AuditOptions, RedactByEntity } from './options.ts';
export type { AuditChange } from './stored-changes.ts';
