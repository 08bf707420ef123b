import { AsyncLocalStorage } from 'node:async_hooks';
import { isSpanContextValid, type Span, type Tracer } from '@opentelemetry/api';
import { ignoreErrors } from '../../../promise/ignore-errors.ts';
import { type CollectedSpans, type PlainSpan, plainSpan } from './plain-span.ts';

// An invocation may have 10,000 records.
const MAX_SPANS = 2000;

/** The spans of an invocation so far. */
interface Collection {
  readonly spans: Span[];
  left: number;
  unsampled: number;
  /** The answer has been sent with them. */
  isTaken: boolean;
}

/**
 * Keeps the spans that end in this thread until the answer of their invocation. A span that ends later, or that does not belong to an
 * invocation, goes with the next answer.
 */
export class SpanCollector {
  readonly #invocations: AsyncLocalStorage<Collection> = new AsyncLocalStorage();
  #elsewhere: Collection = emptyCollection();

  /** Runs an invocation. Within it, `take` gives its spans: invocations may overlap. */
  within<Result>(invocation: () => Result): Result {
    return this.#invocations.run(emptyCollection(), invocation);
  }

  /**
   * Collects the spans of all tracers of this class. It uses the API of OpenTelemetry alone, so it works with each major
   * version of the SDK: since version 2, a provider takes no span processors after it was made.
   */
  observe(tracer: Tracer): void {
    const prototype = ownerOf(tracer);
    const { startSpan } = prototype;
    const started = (span: Span): void => this.#started(span);
    prototype.startSpan = function (this: Tracer, ...args) {
      const span = startSpan.apply(this, args);
      ignoreErrors(() => started(span));
      return span;
    };
  }

  /** Returns the spans that have ended since the last call, without those of other invocations that run. */
  take(): CollectedSpans {
    const own = this.#invocations.getStore() ?? emptyCollection();
    own.isTaken = true;
    const others = this.#elsewhere;
    this.#elsewhere = emptyCollection();
    return {
      spans: [...others.spans, ...own.spans].flatMap(readSpan),
      left: others.left + own.left,
      unsampled: others.unsampled + own.unsampled,
    };
  }

  #started(span: Span): void {
    const invocation = this.#invocations.getStore();
    const collection = (): Collection => (invocation?.isTaken === false ? invocation : this.#elsewhere);
    if (!span.isRecording()) {
      // The SDK makes an invalid one where tracing is suppressed, as for the requests of an exporter.
      if (isSpanContextValid(span.spanContext())) collection().unsampled++;
      return;
    }
    const { end } = span;
    span.end = (...time) => {
      const isFirst = span.isRecording();
      end.apply(span, time);
      if (isFirst) addTo(collection(), span);
    };
  }
}

function emptyCollection(): Collection {
  return { spans: [], left: 0, unsampled: 0, isTaken: false };
}

/** The last ones are kept: a span ends after those below it. So that of a record does not lack, whatever its handler does. */
function addTo(collection: Collection, span: Span): void {
  collection.spans.push(span);
  if (collection.spans.length <= MAX_SPANS) return;
  collection.spans.shift();
  collection.left++;
}

/** Nothing of a span that cannot be read. */
function readSpan(span: Span): readonly PlainSpan[] {
  try {
    return [plainSpan(span)];
  } catch {
    return [];
  }
}

/** The prototype with the method, which all tracers of a class have in common. */
function ownerOf(tracer: Tracer): Tracer {
  let owner = tracer;
  while (!Object.hasOwn(owner, 'startSpan')) owner = Object.getPrototypeOf(owner);
  return owner;
}
