import { invalid } from '../batcher/sink-errors.ts';
import { WrongMessage, wrongSetting } from './wrong-message.ts';

/** A message attribute: text, a number or bytes. */
export type AttributeValue = string | number | Uint8Array;

/** A message attribute as SNS and SQS take it. */
export interface MessageAttribute {
  readonly DataType: 'String' | 'Number' | 'Binary';
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

const EXPECTED = 'text, a finite number or bytes';

/** The most that SQS takes; and what SNS cannot hand to a queue with raw delivery, it drops. */
export const MAX_ATTRIBUTES = 10;

/**
 * Attributes as SNS and SQS take them.
 *
 * @throws SinkError `SINK_MESSAGE_INVALID` for an empty one; WrongMessage for more than 10, or one of another type
 * @see https://docs.aws.amazon.com/sns/latest/dg/SNSMessageAttributes.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export function messageAttributes(
  target: string,
  attributes: Readonly<Record<string, AttributeValue>> | undefined,
): Record<string, MessageAttribute> | undefined {
  if (attributes === undefined) return undefined;
  const entries = Object.entries(attributes);
  if (entries.length > MAX_ATTRIBUTES) {
    const problem = `can be ${MAX_ATTRIBUTES} at most, got ${entries.length}. Send fewer.`;
    throw new WrongMessage('INVALID_OPTION', problem, { option: 'attributes' });
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, attributeOf(target, name, value)]));
}

function attributeOf(target: string, name: string, value: AttributeValue): MessageAttribute {
  if (typeof value === 'string' && value !== '') return { DataType: 'String', StringValue: value };
  if (typeof value === 'number' && Number.isFinite(value)) {
    return { DataType: 'Number', StringValue: String(value) };
  }
  if (value instanceof Uint8Array && value.length > 0) return { DataType: 'Binary', BinaryValue: value };
  if (value === '' || value instanceof Uint8Array) {
    throw invalid(target, `attribute ${name} is empty; leave it out if there is no value`);
  }
  throw wrongSetting(`attributes.${name}`, EXPECTED, value);
}

/** Bytes that count against the size of a message: name, type and value of each attribute. */
export function attributeBytes(attributes: Readonly<Record<string, MessageAttribute>> | undefined): number {
  let bytes = 0;
  for (const [name, { DataType, StringValue = '', BinaryValue }] of Object.entries(attributes ?? {})) {
    bytes +=
      Buffer.byteLength(name) + DataType.length + Buffer.byteLength(StringValue) + (BinaryValue?.length ?? 0);
  }
  return bytes;
}
