const WITHOUT_ARTICLE: ReadonlySet<string> = new Set(['undefined', 'null']);

/** Names the kind of a value, as in `a number`. It shows no content, so it fits messages about items. */
export function kindOf(value: unknown): string {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (WITHOUT_ARTICLE.has(kind)) return kind;
  return `${/^[ao]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** Shows the value of an option, as in `"text"` or `5`. Options are configuration, so their values may be shown. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const isPrimitive = value === null || (typeof value !== 'object' && typeof value !== 'function');
  return isPrimitive ? String(value) : kindOf(value);
}
