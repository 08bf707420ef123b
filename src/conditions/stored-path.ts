/** The item of a record before the table's schema changes it. */
export type StoredOf<R> = R extends { readonly '~stored'?: infer Stored } ? Stored : never;

/** Values without attributes of their own. */
type Leaf =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | symbol
  | ArrayBufferView
  | Date
  | ReadonlySet<unknown>
  | ((...args: never) => unknown);

/** An element of a list or set. */
export type ElementOf<Value> = Value extends readonly (infer Element)[] | ReadonlySet<infer Element>
  ? Element
  : never;

type ListElement<Value> = Value extends readonly (infer Element)[] ? Element : never;

/** How deep paths are checked. Types may hold themselves. */
type Shallower = [0, 0, 1, 2, 3];

/** An undeclared attribute, or one whose name reads as a path: `["GSI1PK"]`. */
type AnyName = `["${string}`;

type Special = `${string}${'.' | '[' | ']' | '"'}${string}`;

/**
 * The paths into an item: `status`, `address.country`, `lines[0].price`, `["a.b"]`. For several kinds of items, the paths into any of
 * them. A name in brackets and quotes may be that of an undeclared attribute, as `["GSI1PK"]`.
 */
export type AttributePath<Item> = PathsOf<Item, 4> | AnyName;

type PathsOf<Item, Depth extends number> = Item extends Leaf | readonly unknown[]
  ? never
  : {
      [Name in keyof Item & string]: Name extends Special
        ? never
        : Name | `${Name}${Below<NonNullable<Item[Name]>, Depth>}`;
    }[keyof Item & string];

type Below<Value, Depth extends number> = Value extends Leaf
  ? never
  : Depth extends 0
    ? `.${string}` | `[${string}`
    : Value extends readonly (infer Element)[]
      ? `[${number}]` | `[${number}]${Below<NonNullable<Element>, Shallower[Depth]>}`
      : `.${PathsOf<Value, Shallower[Depth]>}` | AnyName;

// biome-ignore lint/suspicious/noExplicitAny: a value of which nothing is declared
type Unchecked = any;

/** The stored value at a path: `any` for a name in brackets that is not declared, and below the checked depth. */
export type ValueAt<Item, Path extends string> = Item extends unknown
  ? Path extends keyof Item
    ? Item[Path]
    : Path extends `["${infer Name}"]`
      ? Name extends keyof Item
        ? Item[Name]
        : Unchecked
      : Path extends `${infer Start}.${infer Rest}`
        ? ValueBelow<Item, Start, Rest>
        : Path extends `${infer Name}[${number}]`
          ? Name extends keyof Item
            ? ListElement<Item[Name]>
            : never
          : Path extends `${string}[${string}`
            ? Unchecked
            : never
  : never;

type ValueBelow<Item, Start extends string, Rest extends string> = Start extends keyof Item
  ? string extends Rest
    ? Unchecked
    : ValueAt<NonNullable<Item[Start]>, Rest>
  : Start extends `${infer Name}[${number}]`
    ? Name extends keyof Item
      ? ValueAt<NonNullable<ListElement<Item[Name]>>, Rest>
      : never
    : Start extends `${string}[${string}`
      ? Unchecked
      : never;
