/**
 * Compiles a wildcard: `*` stands for any text, `\*` for an asterisk, `\\` for a backslash.
 *
 * A walk over the fixed parts, not a regular expression: those can take exponential time.
 *
 * @returns undefined for a wildcard that EventBridge refuses: `**`, or another backslash
 */
export function wildcardTest(wildcard: string): ((text: string) => boolean) | undefined {
  const parts = fixedParts(wildcard);
  if (parts === undefined) return undefined;
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  // Without an asterisk there is one part.
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

/** Returns the texts between the asterisks; undefined for a wildcard that EventBridge refuses. */
export function fixedParts(wildcard: string): string[] | undefined {
  const parts = [''];
  for (let index = 0; index < wildcard.length; index++) {
    const character = wildcard.charAt(index);
    if (character === '*') {
      if (wildcard.charAt(index + 1) === '*') return undefined;
      parts.push('');
      continue;
    }
    const escaped = character === '\\' ? wildcard.charAt(++index) : character;
    if (character === '\\' && escaped !== '*' && escaped !== '\\') return undefined;
    parts[parts.length - 1] += escaped;
  }
  return parts;
}
