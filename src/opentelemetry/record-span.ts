import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { isInstance, partOf } from '../failure/content-free-cause.ts';
import { thrownText } from '../failure/thrown-text.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';

/**
 * The span of one record. It starts when it is first needed: when a handler starts, when the record fails, or when other
 * code wants to be its child. So a record that no route takes has none.
 */
export class RecordSpan {
  readonly #start: () => Span;
  #span: Span | undefined;
  #ended = false;

  constructor(start: () => Span) {
    this.#start = start;
  }

  /** The span, if it was started. */
  get started(): Span | undefined {
    return this.#span;
  }

  start(): Span {
    this.#span ??= this.#start();
    return this.#span;
  }

  /** Ends the span, if it was started. Later calls do nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#span?.end();
  }

  /** Records a failure and ends the span. Once: a record that fails after its deadline has its verdict. */
  fail(thrown: unknown, attributes: Readonly<Record<string, string>> = {}): void {
    if (this.#ended) return;
    const span = this.start();
    const text = thrownText(thrown);
    // An error may throw when it is read, and tracing must not hide it.
    ignoreErrors(() => span.recordException(isInstance(thrown, Error) ? thrown : text));
    this.#endWithError(span, { 'error.type': errorType(thrown), ...attributes }, text);
  }

  /** Ends a span whose record is unfinished at the deadline. Lambda delivers the record again. */
  abandon(): void {
    this.#endWithError(
      this.start(),
      { 'error.type': 'DEADLINE' },
      'The record was unfinished at the deadline.',
    );
  }

  #endWithError(span: Span, attributes: Readonly<Record<string, string>>, message: string): void {
    span.setAttributes(attributes);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    this.end();
  }
}

/** The code of an error, or its name: both of few different values. */
function errorType(thrown: unknown): string {
  for (const name of ['code', 'name']) {
    const value = isInstance(thrown, Error) ? partOf(thrown, name) : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  return '_OTHER';
}

/**
 * An object that is the span, once something is read of it or called on it. Spans of the SDK have more members than the API
 * knows, and some span processors read them of a parent, such as those of AWS's distribution. So all members are passed on.
 *
 * @see https://github.com/aws-observability/aws-otel-js-instrumentation
 */
export function lazySpan(span: RecordSpan): Span {
  return new Proxy<Span>({} as Span, {
    get(_target, name) {
      const started = span.start();
      const value: unknown = Reflect.get(started, name, started);
      return typeof value === 'function' ? value.bind(started) : value;
    },
    has: (_target, name) => Reflect.has(span.start(), name),
    set: (_target, name, value) => Reflect.set(span.start(), name, value),
  });
}
