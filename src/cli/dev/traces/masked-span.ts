import { MASKED } from '../../../console/protocol/mask.ts';
import type { PlainSpan } from '../sandbox/plain-span.ts';

/** The attributes that streamlane sets itself, and that hold nothing of an item. */
const WITHOUT_ITEM: ReadonlySet<string> = new Set([
  'messaging.system.name',
  'messaging.operation.name',
  'messaging.operation.type',
  'messaging.destination.name',
  'messaging.message.id',
  'faas.trigger',
  'faas.document.collection',
  'faas.document.operation',
  'faas.document.time',
  'aws.dynamodb.table_names',
  'streamlane.event_name',
  'streamlane.sequence_number',
  'streamlane.entity',
  'streamlane.outcome',
  'error.type',
]);

/** Hides the message of a span's status, and the values of attributes that may be parts of items. */
export function maskedSpan(span: PlainSpan): PlainSpan {
  const attributes = Object.entries(span.attributes).map(([name, value]) => [
    name,
    WITHOUT_ITEM.has(name) ? value : MASKED,
  ]);
  return {
    ...span,
    statusMessage: span.statusMessage && MASKED,
    attributes: Object.fromEntries(attributes),
  };
}
