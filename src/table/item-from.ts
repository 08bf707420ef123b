import type { StandardSchemaV1 } from '@standard-schema/spec';
import { partOf } from '../failure/content-free-cause.ts';
import { FUNCTION, isObject } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import type { AnyItem } from '../record/stream-record.ts';

/** The item that a function of {@link itemFrom} returns or resolves with; `null` and `undefined` refuse the image. */
export type ReadItem<Result> = Extract<Awaited<Result>, object>;

/** Issues, and the thrown value: the error of the record shows its name and its stack, never its message. */
interface Refusal extends StandardSchemaV1.FailureResult {
  readonly cause: unknown;
}

/**
 * Declares the item of a table or of an entity by a function that reads it: that of the library which wrote it, or the
 * `parse` of a schema. The function gets the unmarshalled image, which it may change, and returns the item that handlers
 * get.
 *
 * If it throws, rejects, or returns something other than an object, the record fails with a ValidationError. The error
 * names the paths of the `issues` that a schema library throws, its `cause` has the name and the stack of the thrown value,
 * and neither quotes the item. A generator, or an array with promises, fails the record with a ConfigurationError
 * `INVALID_RESULT`.
 *
 * @typeParam Result what the function returns
 * @typeParam Stored the item as stored, by which conditions are typed: the type of the function's parameter
 * @throws ConfigurationError `INVALID_TABLE` without a function
 * @example
 * ```ts
 * order: { item: itemFrom((image) => Order.parse({ Item: image }).data), match: { __edb_e__: 'order' } },
 * ```
 */
export function itemFrom<Result extends object | null | undefined, Stored extends object = AnyItem>(
  read: (image: Stored) => Result,
): StandardSchemaV1<Stored, ReadItem<Result>> {
  requireArgument('itemFrom', 'argument', read, FUNCTION, {
    code: 'INVALID_TABLE',
    remedy: 'Use itemFrom((image) => item).',
  });
  return {
    '~standard': {
      version: 1,
      vendor: 'streamlane',
      validate: (image) => {
        try {
          const result: unknown = read(image as Stored);
          return isThenable(result)
            ? Promise.resolve(result).then(resultOf<Result>, refused)
            : resultOf<Result>(result);
        } catch (thrown) {
          return refused(thrown);
        }
      },
    },
  };
}

function resultOf<Result>(
  item: unknown,
): StandardSchemaV1.Result<ReadItem<Result>> | Promise<StandardSchemaV1.Result<ReadItem<Result>>> {
  // A generator is an object, and promises in an array would run on beside the next record.
  if (isUnfinished(item)) return refuseUnfinished(item, 'The function of itemFrom');
  return isObject(item) ? { value: item as ReadItem<Result> } : { issues: [] };
}

/** Takes over the issues that a schema library throws. Any other failure is one of the item as a whole. */
function refused(thrown: unknown): Refusal {
  const issues = partOf(thrown, 'issues');
  return { issues: Array.isArray(issues) ? issues : [], cause: thrown };
}
