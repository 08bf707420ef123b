import type { AttributeValue } from 'aws-lambda';
import { ConfigurationError } from '../errors.ts';
import { marshallMap } from '../item/marshall-map.ts';
import { isObject } from '../options/check.ts';
import { kindOf } from '../options/kind-of.ts';
import { itemProblem, plainProblem } from './item-problem.ts';
import type { Image } from './test-stream.ts';

/**
 * Turns a plain item into an image as a stream record carries it.
 *
 * ```text
 * { total: 12.5, tags: new Set(['a']), signature: Uint8Array [1, 2, 3] }
 *   -> { total: { N: '12.5' }, tags: { SS: ['a'] }, signature: { B: 'AQID' } }
 * ```
 *
 * Attributes that are undefined are left out, as the SDK's document client can be told to.
 *
 * @param owner the function that was called, for the messages
 * @param keys the partition key, then the sort key if there is one
 * @throws ConfigurationError `INVALID_ITEM` when DynamoDB would refuse it
 */
export function marshallItem(owner: string, item: unknown, keys: readonly string[]): Image {
  if (!isObject(item)) {
    throw new ConfigurationError(
      'INVALID_ITEM',
      `the item has to be an object of its attributes, got ${kindOf(item)}.`,
      { owner },
    );
  }
  let image: Image | undefined;
  let problem: string | undefined;
  try {
    problem = plainProblem(item);
    if (problem === undefined) {
      const marshalled: unknown = marshallMap(item);
      image = encodeMap(marshalled as Readonly<Record<string, SdkValue>>);
      problem = itemProblem(image, keys);
    }
  } catch (cause) {
    throw new ConfigurationError(
      'INVALID_ITEM',
      "the item has an attribute that DynamoDB cannot hold. Use what the SDK's marshall takes: " +
        'strings, numbers, bigints, booleans, null, Uint8Arrays, Sets, arrays and plain objects.',
      { owner, cause },
    );
  }
  if (image !== undefined && problem === undefined) return image;
  throw new ConfigurationError(
    'INVALID_ITEM',
    `the item ${problem}. DynamoDB refuses such an item: pass items as DynamoDB stores them.`,
    { owner },
  );
}

/** The SDK's AttributeValue, of which only the binary parts differ from Lambda's. */
interface SdkValue {
  readonly B?: ArrayBuffer | ArrayBufferView;
  readonly BS?: readonly (ArrayBuffer | ArrayBufferView)[];
  readonly L?: readonly SdkValue[];
  readonly M?: Readonly<Record<string, SdkValue>>;
}

function encodeMap(map: Readonly<Record<string, SdkValue>>): Image {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, encode(value)]));
}

/** The SDK gives bytes; in Lambda's event they are base64, through lists and maps. */
function encode(value: SdkValue): AttributeValue {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(encode) };
  if (value.M !== undefined) return { M: encodeMap(value.M) };
  return value as AttributeValue;
}

/** Every kind of binary that marshall takes: buffers and views of any element size. */
function base64(bytes: ArrayBuffer | ArrayBufferView): string {
  const buffer = ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
  return buffer.toString('base64');
}
