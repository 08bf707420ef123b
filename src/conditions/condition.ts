/** Decides whether a route takes a record. Gets the record, returns true or false, never a promise. */
export type Condition<R> = (record: R) => boolean;
