import { isSpanContextValid, type Span, type Tracer } from '@opentelemetry/api';
import { ignoreErrors } from '../../../promise/ignore-errors.ts';
import { type CollectedSpans, type PlainSpan, plainSpan } from './plain-span.ts';

// An invocation may have 10,000 records.
const MAX_SPANS = 2000;

/** Keeps the spans that end in this thread until the next answer. */
export class SpanCollector {
  #spans: PlainSpan[] = [];
  #left = 0;
  #unsampled = 0;

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

  /** Returns the spans that have ended since the last call. */
  take(): CollectedSpans {
    const collected = { spans: this.#spans, left: this.#left, unsampled: this.#unsampled };
    this.#spans = [];
    this.#left = this.#unsampled = 0;
    return collected;
  }

  #started(span: Span): void {
    if (!span.isRecording()) {
      // The SDK makes an invalid one where tracing is suppressed, as for the requests of an exporter.
      if (isSpanContextValid(span.spanContext())) this.#unsampled++;
      return;
    }
    const { end } = span;
    span.end = (...time) => {
      const isFirst = span.isRecording();
      end.apply(span, time);
      if (isFirst) ignoreErrors(() => this.#ended(span));
    };
  }

  #ended(span: Span): void {
    if (this.#spans.length >= MAX_SPANS) this.#left++;
    else this.#spans.push(plainSpan(span));
  }
}

/** The prototype with the method, which all tracers of a class have in common. */
function ownerOf(tracer: Tracer): Tracer {
  let owner = tracer;
  while (!Object.hasOwn(owner, 'startSpan')) owner = Object.getPrototypeOf(owner);
  return owner;
}
