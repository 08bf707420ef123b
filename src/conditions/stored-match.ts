import type { MatcherData, MatcherTypes } from './matcher.ts';
import type { AttributePath, ElementOf, ValueAt } from './stored-path.ts';

/** The forms of a value in a pattern: the value, a matcher, or for a map a pattern of its attributes. */
export type Match<Value> = MatchOne<Value> | MatcherOn<Value>;

type MatchOne<Value> = Value extends undefined
  ? never
  : Value extends
        | string
        | number
        | bigint
        | boolean
        | null
        | ArrayBufferView
        | ReadonlySet<unknown>
        | readonly unknown[]
    ? Value
    : Value | Where<Value>;

/** A pattern: the paths of an item, each with what its value has to match. */
export type Where<Item> = { readonly [Path in AttributePath<Item>]?: Match<ValueAt<Item, Path>> };

/** The matchers that fit a value. An interface, which TypeScript resolves late: types of values may hold themselves. */
export interface MatcherOn<Value> {
  readonly '~matcher': MatcherData;
  readonly '~types'?: MatcherTypes<TestsOne<NonNullable<Value>>, MatchOne<Value>, Match<ElementOf<Value>>>;
}

/** Of a union, a matcher fits if it fits one of its members. */
type TestsOne<Value> = Value extends unknown ? (value: Value) => void : never;
