import { requestFault } from '../../sinks/batcher/request-failure.ts';

/** An error's name, or an empty text. Not `instanceof`: a persistence layer may come from another copy of Powertools. */
export function errorName(error: unknown): string {
  const name: unknown = (error as { readonly name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : '';
}

/**
 * Classifies a failed call of the store, to decide about the next one.
 *
 * - `'passing'`: throttling, a timeout, a broken network, status 500. The call may have been carried out.
 * - `'unknown'`: any error of a cache's client. The call may have been carried out.
 * - `'final'`: a missing table or permission, or a refusal of Powertools itself. A retry fails as well.
 */
export type StoreFailure = 'passing' | 'unknown' | 'final';

export function storeFailure(error: unknown): StoreFailure {
  const name = errorName(error);
  // What refused the put has gone since.
  if (name === 'IdempotencyItemNotFoundError') return 'passing';
  if (name.startsWith('Idempotency')) return 'final';
  const fault = requestFault(error);
  // A server that refuses connections may be on its way back.
  if (fault === 'passing' || fault === 'unreachable') return 'passing';
  return fault === 'target' || isAnswer(error) ? 'final' : 'unknown';
}

/** Tries in all where nothing says that a failure passes, or when the time is over. */
const TRIES = 5;

/**
 * Returns true if a retry of a call of the store may help.
 *
 * @param tries tries so far, from 1
 * @param leftMs until the time is over; Infinity without a clock
 */
export function isWorthATry(failure: StoreFailure, tries: number, leftMs: number): boolean {
  if (failure === 'final' || leftMs <= 0) return false;
  return tries < TRIES || (failure === 'passing' && leftMs < Number.POSITIVE_INFINITY);
}

/** Returns true if a service has answered. Its refusal is final then. */
function isAnswer(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return $metadata?.httpStatusCode !== undefined;
}
