import type { HandlerFacts, RouteFacts, Sees } from '../batch/handler-facts.ts';
import type { BatchSettings } from '../batch/options.ts';
import { ConfigurationError } from '../errors.ts';

/** Collects the facts of a router while it is built. */
export class CollectedFacts implements HandlerFacts {
  readonly kind = 'router';
  readonly settings: BatchSettings;
  readonly routes: RouteFacts[] = [];
  readonly sees: Sees[] = [];
  #closed = false;

  constructor(settings: BatchSettings) {
    this.settings = settings;
  }

  close(): void {
    this.#closed = true;
  }

  /** @throws ConfigurationError `LATE_ROUTE` once the mapping has been derived */
  requireOpen(method: string): void {
    if (!this.#closed) return;
    throw new ConfigurationError(
      'LATE_ROUTE',
      'the event source mapping has been derived from this router already, and its filters may drop the records of what ' +
        'is added now. Call eventSourceMapping after the last route and middleware.',
      { owner: method },
    );
  }
}
