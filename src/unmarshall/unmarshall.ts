import { UnmarshallError } from '../errors.ts';
import { type AttributeMap, type NativeMap, unmarshallMap } from './attribute-value.ts';
import { findMalformed, isMap } from './malformed.ts';
import type { ToNumber } from './numbers.ts';

/**
 * Unmarshalls Keys or an image.
 *
 * | AttributeValue | JavaScript |
 * | --- | --- |
 * | `S` | string |
 * | `N` | as the number policy says |
 * | `B` | Uint8Array, decoded from base64 |
 * | `BOOL`, `NULL` | boolean, null |
 * | `SS`, `NS`, `BS` | Set |
 * | `L`, `M` | array, plain object |
 *
 * @throws UnmarshallError with the path of the attribute that is empty, unknown or malformed
 */
export function unmarshall(map: AttributeMap, toNumber: ToNumber): NativeMap {
  try {
    if (!isMap(map)) throw new TypeError('not a map');
    return unmarshallMap(map, toNumber);
  } catch (cause) {
    // The hot path carries no path along; a second, slow walk finds it for the message.
    const { path, expected, came } = findMalformed(map, toNumber);
    throw new UnmarshallError(
      path,
      `The attribute ${path} cannot be unmarshalled: expected ${expected}, got ${came}. ` +
        'Nothing DynamoDB sends looks like this: check what builds or transforms the event.',
      { cause },
    );
  }
}
