import type { AcceptedMessage } from '../../../emulators/accepted-messages.ts';
import { parseTraceparent } from '../../../trace-context/trace-context.ts';

export type TracedMessage = Pick<AcceptedMessage, 'service' | 'name' | 'id'>;

/** The messages that carry the context of one span. */
export interface MessagesOfSpan {
  readonly first: readonly TracedMessage[];
  /** How many more there are, of which only the number is kept. */
  readonly left: number;
}

const NONE: MessagesOfSpan = { first: [], left: 0 };

const MAX_SPANS = 10_000;
const MAX_OF_SPAN = 5;

/** Keeps the messages that servers have accepted until the span that they name is shown. The oldest are dropped first. */
export class SpanMessages {
  readonly #bySpan: Map<string, { first: TracedMessage[]; left: number }> = new Map();

  add(messages: readonly AcceptedMessage[]): void {
    for (const { service, name, id, traceparent } of messages) {
      const sender = parseTraceparent(traceparent);
      if (sender === undefined) continue;
      const key = `${sender.traceId} ${sender.spanId}`;
      const known = this.#bySpan.get(key) ?? { first: [], left: 0 };
      if (known.first.length < MAX_OF_SPAN) known.first.push({ service, name, id });
      else known.left++;
      if (this.#bySpan.size >= MAX_SPANS && !this.#bySpan.has(key)) {
        this.#bySpan.delete(this.#bySpan.keys().next().value as string);
      }
      this.#bySpan.set(key, known);
    }
  }

  /** Returns the messages of a span, and forgets them. */
  take({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }): MessagesOfSpan {
    const key = `${traceId} ${spanId}`;
    const messages = this.#bySpan.get(key);
    this.#bySpan.delete(key);
    return messages ?? NONE;
  }
}
