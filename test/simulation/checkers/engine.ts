import type { OnFailureDocument } from '../../../src/delivery/on-failure-document.ts';
import type { WindowDecision } from '../../../src/delivery/tumbling-window.ts';
import type { World } from '../world/world.ts';

type Discard = Extract<WindowDecision, { readonly type: 'discard' }>;
type Invoke = Extract<WindowDecision, { readonly type: 'invoke' }>;

/** Looks at what the mapping decides: retries, ages, documents, and the spans of windows. */
export class EngineCheck {
  readonly #world: World;
  /** Invocations that failed, by request id. */
  readonly #failed: Map<string, number> = new Map();

  constructor(world: World) {
    this.#world = world;
  }

  invoked(requestId: string, outcome: string): void {
    if (outcome === 'failed') this.#failed.set(requestId, (this.#failed.get(requestId) ?? 0) + 1);
  }

  /** A window has no record of a later one. */
  invoke({ records, window }: Invoke): void {
    if (window === undefined) return;
    const endsAt = Date.parse(window.window.end) / 1000;
    if (records.some(({ dynamodb }) => (dynamodb?.ApproximateCreationDateTime ?? 0) >= endsAt))
      this.#world.history.violate('engine', `the window until ${window.window.end} has a later record`);
  }

  discard({ records, requestId, document }: Discard): void {
    const { history, scenario } = this.#world;
    const { maximumRetryAttempts, maximumRecordAgeInSeconds } = scenario.mapping;
    const failed = this.#failed.get(requestId) ?? 0;
    const { condition } = document.requestContext;
    if (condition === 'RetryAttemptsExhausted' && failed !== maximumRetryAttempts + 1)
      history.violate(
        'engine',
        `records were discarded after ${failed} failures of ${maximumRetryAttempts + 1}`,
      );
    const youngest = Math.max(...records.map(({ dynamodb }) => dynamodb?.ApproximateCreationDateTime ?? 0));
    if (condition === 'RecordAgeExceeded' && Date.now() / 1000 - youngest < maximumRecordAgeInSeconds)
      history.violate('engine', 'a record was discarded for its age, and is younger');
    if (
      !isAbout(
        document,
        records.map(({ dynamodb }) => dynamodb?.SequenceNumber),
      )
    )
      history.violate('engine', 'a document does not say which records were discarded');
  }
}

function isAbout({ DDBStreamBatchInfo }: OnFailureDocument, numbers: readonly unknown[]): boolean {
  const { batchSize, startSequenceNumber, endSequenceNumber } = DDBStreamBatchInfo;
  return (
    batchSize === numbers.length && startSequenceNumber === numbers[0] && endSequenceNumber === numbers.at(-1)
  );
}
