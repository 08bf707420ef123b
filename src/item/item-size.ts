import { significantDigits } from './decimal.ts';

/** An AttributeValue: Lambda's, with binary in base64, or the SDK's, with binary in bytes. */
export interface SizedValue {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly B?: Binary | undefined;
  readonly SS?: readonly string[] | undefined;
  readonly NS?: readonly string[] | undefined;
  readonly BS?: readonly Binary[] | undefined;
  readonly L?: readonly SizedValue[] | undefined;
  readonly BOOL?: boolean | undefined;
  readonly NULL?: boolean | undefined;
  readonly M?: Readonly<Record<string, SizedValue>> | undefined;
}

type Binary = string | { readonly byteLength: number };

/**
 * Bytes of an item or image, by DynamoDB's rules: names and texts in UTF-8, a number about one byte for two digits,
 * 3 bytes for a list or map and one for each of their elements. An estimate: DynamoDB has the last word.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Readonly<Record<string, SizedValue>>): number {
  return sum(Object.entries(item), ([name, value]) => Buffer.byteLength(name) + valueSize(value));
}

function valueSize({ S, N, B, SS, NS, BS, L, M }: SizedValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return numberSize(N);
  if (B !== undefined) return binarySize(B);
  if (SS !== undefined) return sum(SS, (text) => Buffer.byteLength(text));
  if (NS !== undefined) return sum(NS, numberSize);
  if (BS !== undefined) return sum(BS, binarySize);
  if (L !== undefined) return 3 + L.length + sum(L, valueSize);
  if (M !== undefined) return 3 + Object.keys(M).length + itemSize(M);
  return 1;
}

function numberSize(text: string): number {
  return 1 + Math.ceil(significantDigits(text) / 2) + (text.startsWith('-') ? 1 : 0);
}

function binarySize(value: Binary): number {
  return typeof value === 'string' ? Buffer.byteLength(value, 'base64') : value.byteLength;
}

function sum<T>(values: readonly T[], sizeOf: (value: T) => number): number {
  let total = 0;
  for (const value of values) total += sizeOf(value);
  return total;
}
