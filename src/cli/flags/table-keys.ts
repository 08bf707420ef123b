import type { ScalarAttributeType } from '@aws-sdk/client-dynamodb';
import { usageError } from '../errors/cli-error.ts';

/** A key attribute. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: ScalarAttributeType;
}

/**
 * Reads `customerId,invoiceId`: the partition key and, if there is one, the sort key. Text, unless `:N` or `:B`
 * behind the name says otherwise.
 *
 * @throws CliError
 */
export function parseKeys(text: string): readonly KeyAttribute[] {
  const keys = text.split(',').map((key): KeyAttribute => {
    const [, name, type = 'S'] = /^\s*([^\s:]+)(?::([SNB]))?\s*$/.exec(key) ?? [];
    if (name === undefined) {
      throw usageError(
        `Keys are names such as customerId,invoiceId or id:N, with S, N or B after the colon, got ${text}.`,
      );
    }
    return { name, type: type as ScalarAttributeType };
  });
  if (keys.length <= 2 && keys[0]?.name !== keys[1]?.name) return keys;
  throw usageError(`A table has a partition key and at most one sort key, of different names, got ${text}.`);
}
