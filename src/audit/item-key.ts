import { createHash } from 'node:crypto';
import { plainNumber } from '../item/decimal.ts';
import { sortedEntries } from '../item/sorted-entries.ts';

/** The longest partition key that DynamoDB accepts. */
const MAX_KEY_BYTES = 2048;

/**
 * Names one item of one table: the partition key of its entries in an audit table.
 *
 * ```text
 * Invoices/customerId=C-1/invoiceId=I-7
 * Invoices//a4e1...        the SHA-256 of the above where it has more than 2,048 bytes
 * ```
 *
 * The attributes come in the order of their names; `/`, `=` and `%` in values are percent-encoded, binary is base64.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 * @example
 * ```ts
 * auditKeyOf('Invoices', { customerId: 'C-1', invoiceId: 'I-7' }); // 'Invoices/customerId=C-1/invoiceId=I-7'
 * ```
 */
export function auditKeyOf(tableName: string, keys: object): string {
  const text = sortedEntries(keys)
    .map(([name, value]) => `/${encode(name)}=${encode(keyText(value))}`)
    .join('');
  const key = tableName + text;
  if (Buffer.byteLength(key) <= MAX_KEY_BYTES) return key;
  return `${tableName}//${createHash('sha256').update(key).digest('hex')}`;
}

function keyText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  // A number, a bigint, an ExactNumber or the SDK's NumberValue, in one form.
  return plainNumber(String(value));
}

function encode(text: string): string {
  return text.replace(/[%/=]/g, encodeURIComponent);
}
