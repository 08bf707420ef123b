/** A part of the deployed state: what AWS answered, or why it could not be read. */
export type Part<T> = Known<T> | Unread;

export interface Known<T> {
  readonly value: T;
}

export interface Unread {
  /** Why nothing is known: a clause such as `AWS refuses sqs:GetQueueAttributes`. */
  readonly notChecked: string;
}

export function known<T>(value: T): Known<T> {
  return { value };
}

export function unread(notChecked: string): Unread {
  return { notChecked };
}

export function isUnread(part: Part<unknown>): part is Unread {
  return 'notChecked' in part;
}

/** Something made of a part. What could not be read stays so. */
export function mapPart<T, U>(part: Part<T>, make: (value: T) => U): Part<U> {
  return isUnread(part) ? part : known(make(part.value));
}
