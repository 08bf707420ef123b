import type { AttributeValue } from 'aws-lambda';
import { significantDigits } from './decimal.ts';

/**
 * Bytes that an image takes, by DynamoDB's rules: names and texts in UTF-8, a number about one byte for two
 * digits, 3 bytes for a list or map and one for each of their elements.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function imageSize(image: Readonly<Record<string, AttributeValue>>): number {
  return sum(Object.entries(image).map(([name, value]) => Buffer.byteLength(name) + valueSize(value)));
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return binarySize(value.B);
  if (value.SS !== undefined) return sum(value.SS.map((text) => Buffer.byteLength(text)));
  if (value.NS !== undefined) return sum(value.NS.map(numberSize));
  if (value.BS !== undefined) return sum(value.BS.map(binarySize));
  if (value.L !== undefined) return 3 + sum(value.L.map((element) => 1 + valueSize(element)));
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + imageSize(value.M);
  return 1;
}

function numberSize(text: string): number {
  return 1 + Math.ceil(significantDigits(text) / 2) + (text.startsWith('-') ? 1 : 0);
}

function binarySize(base64: string): number {
  return Buffer.from(base64, 'base64').length;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
