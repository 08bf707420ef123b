const MAX_LINE = 90;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
// A value must not turn the code around it, or hide a part of it.
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Writes a text as a literal of TypeScript. */
export function textLiteral(text: string): string {
  return JSON.stringify(text).replace(INVISIBLE, (character) => {
    const hex = (character.codePointAt(0) as number).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** Writes a value of JSON as TypeScript that makes the same value. Members that are undefined are left out. */
export function literalOf(value: unknown, indent = ''): string {
  if (typeof value === 'string') return textLiteral(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((element) => literalOf(element, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => `${nameOf(name)}: ${literalOf(member, inner)}`);
  const [open, close] = isList ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  const space = isList ? '' : ' ';
  const line = `${open}${space}${parts.join(', ')}${space}${close}`;
  if (line.length <= MAX_LINE && !line.includes('\n')) return line;
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`;
}

function nameOf(name: string): string {
  // As a plain name, it would set the prototype.
  if (name === '__proto__') return '["__proto__"]';
  return IDENTIFIER.test(name) ? name : textLiteral(name);
}
