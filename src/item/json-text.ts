/**
 * Writes JSON as JSON.stringify does, of values nested as deep as JSON.parse reads them: JSON.stringify itself fills the
 * stack after some 3,000 levels.
 *
 * @param value what JSON.parse made
 */
export function jsonTextOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return deepJsonText(value);
  }
}

/** A list instead of the stack: the parts still to be written, the next at the end. Texts are in boxes. */
function deepJsonText(root: unknown): string {
  const parts: string[] = [];
  const todo: ({ readonly text: string } | { readonly value: unknown })[] = [{ value: root }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if ('text' in next) parts.push(next.text);
    else if (typeof next.value !== 'object' || next.value === null) parts.push(JSON.stringify(next.value));
    else {
      const isList = Array.isArray(next.value);
      const entries = Object.entries(next.value).filter(([, value]) => value !== undefined);
      parts.push(isList ? '[' : '{');
      todo.push({ text: isList ? ']' : '}' });
      for (let index = entries.length - 1; index >= 0; index--) {
        const [name, value] = entries[index] as [string, unknown];
        todo.push(
          { value },
          { text: `${index === 0 ? '' : ','}${isList ? '' : `${JSON.stringify(name)}:`}` },
        );
      }
    }
  }
  return parts.join('');
}

/** Returns true if a value has more nested lists and maps than `levels`. Not recursive. */
export function nestsDeeper(value: unknown, levels: number): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}
