// Characters without a shape of their own, or that turn the text around them: a value must not look like another one.
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * Writes an AttributeValue for people: `"text"`, `12.5`, `{ "city": "Bern" }`, `<"a", "b">` for a set, `binary AQI=`.
 *
 * @param maxCharacters the rest is left out, and the text then says how long it is
 */
export function valueText(value: unknown, maxCharacters: number = Number.POSITIVE_INFINITY): string {
  const text = written(value);
  if (text.length <= maxCharacters) return text;
  return `${text.slice(0, maxCharacters)}… (${text.length.toLocaleString('en')} characters)`;
}

/** Makes invisible characters visible: `\u202e`. */
export function visible(text: string): string {
  return text.replace(
    INVISIBLE,
    (character) => `\\u${(character.codePointAt(0) as number).toString(16).padStart(4, '0')}`,
  );
}

function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const [[type, content] = ['', undefined]] = Object.entries(value);
  switch (type) {
    case 'S':
      return quoted(`${content}`);
    case 'N':
    case 'BOOL':
      return visible(`${content}`);
    case 'NULL':
      return 'null';
    case 'B':
      return `binary ${visible(`${content}`)}`;
    case 'M': {
      const members = Object.entries(content as object).map(
        ([name, member]) => `${quoted(name)}: ${written(member)}`,
      );
      return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
    }
    case 'L':
      return `[${(content as unknown[]).map(written).join(', ')}]`;
    case 'SS':
      return `<${(content as string[]).map(quoted).join(', ')}>`;
    case 'NS':
      return `<${(content as string[]).map(visible).join(', ')}>`;
    case 'BS':
      return `<${(content as string[]).map((bytes) => `binary ${visible(bytes)}`).join(', ')}>`;
    default:
      return visible(JSON.stringify(value));
  }
}

function quoted(text: string): string {
  return visible(JSON.stringify(text));
}
