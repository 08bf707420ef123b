/**
 * Says why a text is not JSON, and where, without any of the text: it may hold a secret, and the message of `JSON.parse` quotes
 * it.
 *
 * @param thrown by `JSON.parse`
 * @param firstLine the line of the file in which the text begins
 * @returns `Unexpected token (line 2, column 19)`
 */
export function jsonProblem(text: string, thrown: unknown, firstLine = 1): string {
  // With a reviver, deep nesting exhausts the stack.
  if (!(thrown instanceof SyntaxError)) return 'Objects and lists are nested too deeply';
  const { reason, at } = whatAndWhere(text, thrown);
  const lines = text.slice(0, at).split('\n');
  return `${reason} (line ${firstLine + lines.length - 1}, column ${(lines.at(-1) as string).length + 1})`;
}

function whatAndWhere(text: string, error: Error): { readonly reason: string; readonly at: number } {
  if (isUnexpectedToken(error)) return { reason: 'Unexpected token', at: tokenIn(text) };
  const [, reason, at] = /^(.+?)(?: in JSON)? at position (\d+)/.exec(error.message) ?? [];
  return reason === undefined ? { reason: 'Unexpected end', at: text.length } : { reason, at: Number(at) };
}

/** `Unexpected token 'x', ..."the text around it"... is not valid JSON`. */
function isUnexpectedToken({ message }: Error): boolean {
  return message.endsWith('is not valid JSON');
}

/** Finds the token that is not expected: the message does not say where it is. A text that ends before it lacks only its end. */
function tokenIn(text: string): number {
  let [before, from] = [0, text.length];
  while (before + 1 < from) {
    const middle = Math.floor((before + from) / 2);
    if (hasUnexpectedToken(text.slice(0, middle))) from = middle;
    else before = middle;
  }
  return from - 1;
}

function hasUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return isUnexpectedToken(error as Error);
  }
}
