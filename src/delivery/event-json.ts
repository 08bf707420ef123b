import type { WindowFields } from '../window/window-event.ts';

/**
 * Makes the event of an invocation, as JSON: what crosses to Lambda.
 *
 * ```text
 *   {"Records":[...]}                                 without a tumbling window
 *   {"Records":[...],"window":{...},"state":{...},...}  with one
 * ```
 *
 * @param records each as JSON
 */
export function eventJson(records: readonly string[], window?: WindowFields): string {
  const fields = window === undefined ? '' : `,${JSON.stringify(window).slice(1, -1)}`;
  return `{"Records":[${records.join(',')}]${fields}}`;
}
