import type { Attributes } from '@opentelemetry/api';
import { knownEntityOf } from '../record/known-entity.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import { itemKeyOf } from '../sinks/message/item-identity.ts';

/** @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/faas/ */
const OPERATIONS = { INSERT: 'insert', MODIFY: 'edit', REMOVE: 'delete' } as const;

/** The name of a record's span. Of few different values: it names the entity, or the table. */
export function spanNameOf(record: RecordBase<EventName, unknown>): string {
  return `process ${knownEntityOf(record) ?? (record.tableName || 'record')}`;
}

/**
 * The attributes of a record's span: those of a processed message, and of a change that triggered a function. They hold nothing
 * of the item. The item key is added only on request.
 *
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.45.0/docs/messaging/messaging-spans.md
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.45.0/docs/faas/faas-spans.md
 */
export function spanAttributesOf(record: RecordBase<EventName, object>, keys: boolean): Attributes {
  const { eventName, eventID, sequenceNumber, tableName } = record;
  const entity = knownEntityOf(record);
  return {
    'messaging.system.name': 'aws.dynamodb_streams',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': tableName,
    'messaging.message.id': eventID,
    'faas.trigger': 'datasource',
    'faas.document.collection': tableName,
    'faas.document.operation': OPERATIONS[eventName],
    ...timeOf(record),
    'aws.dynamodb.table_names': [tableName],
    'streamlane.event_name': eventName,
    'streamlane.sequence_number': sequenceNumber,
    ...(entity !== undefined && { 'streamlane.entity': entity }),
    ...(keys && keyOf(record)),
  };
}

function timeOf(record: RecordBase<EventName, object>): Attributes {
  try {
    return { 'faas.document.time': record.approximateCreationDateTime.toISOString() };
  } catch {
    // The record does not say, or says something else.
    return {};
  }
}

function keyOf(record: RecordBase<EventName, object>): Attributes {
  try {
    return { 'faas.document.name': itemKeyOf(record) };
  } catch {
    // Keys that cannot be unmarshalled fail the record where they are read.
    return {};
  }
}
