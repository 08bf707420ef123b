const PLAIN_NAME = /^[^.[\]"]+$/;

/**
 * Writes where a value lies in an item: `card.number`, `lines[2].price`, and `["a.b"]` for a name that
 * would read as something else.
 */
export function joinPath(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  if (!PLAIN_NAME.test(step)) return `${path}[${JSON.stringify(step)}]`;
  return path === '' ? step : `${path}.${step}`;
}
