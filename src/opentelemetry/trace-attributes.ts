import { context, isSpanContextValid, trace } from '@opentelemetry/api';
import { traceparentOf } from '../trace-context/trace-context.ts';

/**
 * Makes the attribute that carries the active context to the stream: put it on each item that is written. It is a
 * `traceparent` of 55 characters.
 *
 * It names the active span. So of several writes of an item in one span, only the first one is linked to the span.
 *
 * @param name the name of the attribute, which `tracing({ parent })` names too. `'traceparent'` unless you give another
 * @returns an object without properties if no span is active
 * @example
 * ```ts
 * await documents.put({ TableName: 'Invoices', Item: { ...invoice, ...traceAttributes() } });
 * ```
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function traceAttributes<Name extends string = 'traceparent'>(
  name: Name = 'traceparent' as Name,
): { readonly [N in Name]?: string } {
  const active = trace.getSpanContext(context.active());
  const attribute: Record<string, string> = {};
  if (active !== undefined && isSpanContextValid(active)) attribute[name] = traceparentOf(active);
  return attribute as { readonly [N in Name]?: string };
}
