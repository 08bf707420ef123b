import { createHash } from 'node:crypto';
import { plainNumber } from '../item/decimal.ts';

/** The longest partition key that DynamoDB accepts. */
const MAX_KEY_BYTES = 2048;

const SYNTAX = /[%/=]/;

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
  let key = tableName;
  for (const name of sortedNames(keys)) {
    key += `/${encode(name)}=${encode(keyText((keys as Readonly<Record<string, unknown>>)[name]))}`;
  }
  // No letter has more than three bytes in UTF-8: short keys need not be counted.
  if (key.length * 3 <= MAX_KEY_BYTES || Buffer.byteLength(key) <= MAX_KEY_BYTES) return key;
  return `${tableName}//${createHash('sha256').update(key).digest('hex')}`;
}

/** Item keys have two attributes at most, and those of an entry are sorted already. */
function sortedNames(keys: object): readonly string[] {
  const names = Object.keys(keys);
  const [first = '', second = ''] = names;
  return names.length === 2 && first < second ? names : names.sort();
}

function keyText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  // A number, a bigint, an ExactNumber or the SDK's NumberValue, in one form.
  return plainNumber(String(value));
}

function encode(text: string): string {
  return SYNTAX.test(text) ? text.replaceAll(/[%/=]/g, encodeURIComponent) : text;
}
