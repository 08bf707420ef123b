import type { AttributeValue } from 'aws-lambda';
import { UnmarshallError } from '../errors.ts';
import { type AttributeMap, mapOf, type NativeMap, unmarshallMap } from './attribute-value.ts';
import { isMap, kindOf, MalformedValue, NO_NUMBER, noAttributeValue } from './malformed.ts';
import type { ToNumber } from './numbers.ts';
import { joinPath } from './path.ts';

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
    return unmarshallMap(mapOf(map), toNumber);
  } catch (cause) {
    // The hot path carries no path along; a second, slow walk finds it for the message.
    const { path, reason } = locate({ M: map }, toNumber, { path: '', reason: cause });
    const at = path || '(item)';
    // What a number policy throws may have item content in its message.
    const why = reason instanceof MalformedValue ? reason.message : NO_NUMBER;
    throw new UnmarshallError(
      at,
      `The attribute ${at} cannot be unmarshalled: ${why}. Check what builds the event.`,
      { cause },
    );
  }
}

interface Place {
  readonly path: string;
  readonly reason: unknown;
}

/** Where the first value lies, innermost, that cannot be unmarshalled, and what it throws. */
function locate({ L, M }: AttributeValue, toNumber: ToNumber, place: Place): Place {
  const children = Array.isArray(L) ? L.entries() : Object.entries(isMap(M) ? M : {});
  for (const [step, child] of children) {
    try {
      unmarshallMap({ child }, toNumber);
    } catch (reason) {
      const path = joinPath(place.path, step);
      return isMap(child)
        ? locate(child, toNumber, { path, reason })
        : { path, reason: noAttributeValue(kindOf(child)) };
    }
  }
  return place;
}
