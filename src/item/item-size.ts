import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { significantDigits } from './decimal.ts';

/**
 * Bytes of an item, as DynamoDB stores it: names and texts in UTF-8, a number about one byte for two digits, 3 bytes for
 * a list or map and one for each of their elements. Rather too few than too many: DynamoDB has the last word.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Readonly<Record<string, AttributeValue>>): number {
  return sum(Object.entries(item), ([name, value]) => Buffer.byteLength(name) + valueSize(value));
}

function valueSize({ S, N, B, SS, NS, BS, L, M }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return numberSize(N);
  if (B !== undefined) return B.byteLength;
  if (SS !== undefined) return sum(SS, (text) => Buffer.byteLength(text));
  if (NS !== undefined) return sum(NS, numberSize);
  if (BS !== undefined) return sum(BS, (bytes) => bytes.byteLength);
  if (L !== undefined) return 3 + L.length + sum(L, valueSize);
  if (M !== undefined) return 3 + Object.keys(M).length + itemSize(M);
  return 1;
}

function numberSize(text: string): number {
  return 1 + Math.ceil(significantDigits(text) / 2);
}

function sum<T>(values: readonly T[], sizeOf: (value: T) => number): number {
  let total = 0;
  for (const value of values) total += sizeOf(value);
  return total;
}
