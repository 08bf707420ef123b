import { LazyRecord } from '../record/lazy-record.ts';

/**
 * Calls back each time a route is about to hand a record to its handler. A record that no route takes calls nothing.
 *
 * It uses that routes call `revalidate` right before each handler. So routers without tracing have no code and no cost for it.
 *
 * An object that is not a record of this package, as in a test of a middleware, counts as handed over at once.
 *
 * @returns a function that ends this
 */
export function onHandlerStart(record: object, started: () => void): () => void {
  if (!(record instanceof LazyRecord)) {
    started();
    return () => {};
  }
  const { revalidate } = record;
  Object.defineProperty(record, 'revalidate', {
    configurable: true,
    // Not enumerable: a record shows no properties when it is logged.
    enumerable: false,
    value(): void | Promise<void> {
      started();
      return revalidate.call(record);
    },
  });
  return () => void Reflect.deleteProperty(record, 'revalidate');
}
