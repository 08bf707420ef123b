import type { AttributeValue } from '@aws-sdk/client-dynamodb';

type Item = Readonly<Record<string, AttributeValue>>;

/** Bytes of a partition key and of a sort key. */
const MAX_KEY_BYTES = [2048, 1024] as const;
const MAX_LEVELS = 32;

/**
 * Says why DynamoDB refuses an item in every table. Its answer is then a ValidationException, which it also gives for
 * wrong `keys`, and so would prove nothing.
 *
 * @param keys names of the key attributes, which the item has
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export function itemProblem(item: Item, keys: readonly string[]): string | undefined {
  for (const [index, name] of keys.entries()) {
    const bytes = keyBytes(item[name] as AttributeValue);
    if (bytes === 0) return `the key attribute ${name} is empty`;
    const most = MAX_KEY_BYTES[index] as number;
    if (bytes > most) return `the key attribute ${name} has ${bytes} bytes, but the limit is ${most}`;
  }
  const deep = Object.keys(item).find((name) => isDeeper(item[name] as AttributeValue, MAX_LEVELS));
  return deep === undefined ? undefined : `the attribute ${deep} has more than ${MAX_LEVELS} levels`;
}

/** Numbers have no empty value, and none that is too long. */
function keyBytes({ S, B }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  return B === undefined ? 1 : B.byteLength;
}

function isDeeper({ L, M }: AttributeValue, levels: number): boolean {
  const inside = L ?? (M && Object.values(M));
  if (inside === undefined) return false;
  return levels === 0 || inside.some((value) => isDeeper(value, levels - 1));
}
