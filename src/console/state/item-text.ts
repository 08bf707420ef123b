import { attributeMap, isJsonObject, parseJson } from '../../testing/item-json.ts';
import type { Attributes } from '../protocol/events.ts';

/** How an item is written: as plain JSON, or with the types of DynamoDB's JSON. */
export type ItemFormat = 'plain' | 'dynamodb';

// What JSON allows as a number; DynamoDB allows more, such as `.5`.
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Writes an item for people who edit it. Undefined: plain JSON cannot say it, as it has sets or binary. */
export function itemText(item: Attributes, format: ItemFormat): string | undefined {
  return format === 'dynamodb' ? JSON.stringify(item, undefined, 2) : mapText(item, '');
}

/** Writes the text of an item in another format. Undefined if it is not JSON, or cannot be said in that format. */
export function converted(text: string, to: ItemFormat): string | undefined {
  try {
    const value = to === 'plain' ? (JSON.parse(text) as unknown) : parseJson(text);
    if (!isJsonObject(value)) return undefined;
    return itemText(to === 'plain' ? value : attributeMap(value), to);
  } catch {
    return undefined;
  }
}

function mapText(map: Attributes, indent: string): string | undefined {
  const inner = `${indent}  `;
  const members = Object.entries(map).map(([name, value]) => {
    const text = valueText(value, inner);
    return text === undefined ? undefined : `${inner}${JSON.stringify(name)}: ${text}`;
  });
  return enclosed('{', members, '}', indent);
}

function valueText(value: unknown, indent: string): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const { S, N, BOOL, NULL, M, L } = value;
  if (typeof S === 'string') return JSON.stringify(S);
  if (typeof N === 'string') return NUMBER.test(N) ? N : undefined;
  if (typeof BOOL === 'boolean') return `${BOOL}`;
  if (NULL === true) return 'null';
  if (isJsonObject(M)) return mapText(M, indent);
  if (!Array.isArray(L)) return undefined;
  const inner = `${indent}  `;
  const elements = L.map((element) => {
    const text = valueText(element, inner);
    return text === undefined ? undefined : `${inner}${text}`;
  });
  return enclosed('[', elements, ']', indent);
}

function enclosed(
  open: string,
  parts: readonly (string | undefined)[],
  close: string,
  indent: string,
): string | undefined {
  if (parts.includes(undefined)) return undefined;
  return parts.length === 0 ? `${open}${close}` : `${open}\n${parts.join(',\n')}\n${indent}${close}`;
}
