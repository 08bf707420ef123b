/**
 * Writes what was thrown as `Name: message`, whatever it is. An error's fields may hold anything, and not every object
 * can be made text: `throw { toString: 1 }` must not throw a second time.
 */
export function thrownText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return textOf(thrown);
  const { name, message } = thrown as { readonly name: unknown; readonly message: unknown };
  return `${textOf(name)}: ${textOf(message)}`;
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `a value of type ${typeof value}`;
  }
}
