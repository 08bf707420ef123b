const WITHOUT_ARTICLE: ReadonlySet<string> = new Set(['undefined', 'null']);

/** Names the kind of a value, as in `a number`. It shows no content, so it fits messages about items. */
export function kindOf(value: unknown): string {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (WITHOUT_ARTICLE.has(kind)) return kind;
  return `${/^[ao]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** Of a longer text the beginning says enough: a whole file may come in the place of its path. */
const MOST_SHOWN = 200;

/**
 * Shows the value of an option, as in `"text"`, `5` or `a Map`. Options are configuration, so their values may be shown.
 * Of a long text it shows the beginning.
 */
export function shown(value: unknown): string {
  try {
    return inWords(value);
  } catch {
    // A Proxy may throw when it is looked at.
    return 'a value that cannot be read';
  }
}

function inWords(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value === 'bigint') return cut(`${value}n`);
  if (typeof value === 'object' && value !== null) return builtInOf(value) ?? kindOf(value);
  return typeof value === 'function' ? kindOf(value) : cut(String(value));
}

function cut(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
}

/** Names a built-in object, as in `a Promise`, also of another realm. Undefined for arrays and objects of members. */
export function builtInOf(value: object): string | undefined {
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  // `import * as options` is a module.
  if (tag === 'Object' || tag === 'Module' || tag === 'Array') return undefined;
  return cut(`${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag}`);
}
