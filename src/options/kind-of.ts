/** Names the kind of a value, as in `a number`. It shows no content, so it fits messages about items. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return withArticle(Array.isArray(value) ? 'array' : typeof value);
}

function withArticle(kind: string): string {
  return `${/^[aeio]/i.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** Of a longer value the beginning says enough: a whole file may come in the place of its path. */
const MAX_SHOWN = 200;

/**
 * Shows the value of an option, as in `"text"`, `5` or `a Map`. Options are configuration, so their values may be shown.
 * Of a long one it shows the beginning.
 */
export function shown(value: unknown): string {
  const text = inWords(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

function inWords(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object' && value) return builtInOf(value) ?? kindOf(value);
  return typeof value === 'function' ? kindOf(value) : String(value);
}

/** Names a built-in object, as in `a Promise`, also of another realm. Undefined for arrays and objects of members. */
export function builtInOf(value: object): string | undefined {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  // `import * as options` is a module. Not an expression, which each cold start would compile (bench: footprint).
  return ['Array', 'Module', 'Object'].includes(tag) ? undefined : withArticle(tag);
}
