import type { Format, Style } from '../terminal/style.ts';

/** A line of what a handler writes: as it came, or folded from an entry of JSON. */
export interface LoggedLine {
  readonly text: string;
  readonly isFolded: boolean;
}

// Of an entry on several lines; a longer one is shown unchanged.
const MAX_LINES = 200;
const MAX_CHARACTERS = 300;
const MAX_OF_LEVEL = 20;
/** Of a line of JSON that has not ended. Lambda's logs take less. */
const MAX_KEPT = 1_000_000;

/** Fields that say nothing in a terminal, where each entry is one of the function that runs there. */
const BOILERPLATE: ReadonlySet<string> = new Set([
  ...[
    'level',
    'severity',
    'message',
    'msg',
    'timestamp',
    'time',
    'service',
    'sampling_rate',
    'xray_trace_id',
  ],
  ...['cold_start', 'function_arn', 'function_name', 'function_memory_size', 'function_request_id'],
  ...['pid', 'hostname', '_aws'],
]);

const LEVELS: Readonly<Record<string, Format>> = {
  ERROR: 'red',
  CRITICAL: 'red',
  FATAL: 'red',
  WARN: 'yellow',
  WARNING: 'yellow',
};

/** The levels of pino and bunyan. */
const NUMBERED: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/**
 * Folds the entries of JSON loggers (Powertools, pino) and of the embedded metric format to a line each. Everything else
 * stays unchanged, and is not kept back.
 */
export class LogFolder {
  readonly #style: Style;
  /** The lines of an object that has not ended. */
  #open: string[] = [];
  /** A line of JSON that has not ended. */
  #rest = '';

  constructor(style: Style) {
    this.#style = style;
  }

  /** Takes output as it comes, in pieces. */
  push(text: string): readonly LoggedLine[] {
    const lines = (this.#rest + text).split('\n');
    const last = lines.pop() as string;
    const shown = lines.flatMap((line) => this.#line(line));
    // A piece may end within an entry. Whatever else has no end of line yet, such as a prompt, is shown at once.
    const mayBeEntry = last.startsWith('{') || this.#open.length > 0;
    this.#rest = mayBeEntry && last.length <= MAX_KEPT ? last : '';
    return this.#rest === last ? shown : [...shown, { text: last, isFolded: false }];
  }

  /** Gives the held-back lines at the end of the output. */
  end(): readonly LoggedLine[] {
    const lines = this.#rest === '' ? [] : this.#line(this.#rest);
    this.#rest = '';
    return [...lines, ...this.#unfolded()];
  }

  #line(line: string): readonly LoggedLine[] {
    if (this.#open.length > 0) {
      this.#open.push(line);
      if (line === '}') {
        const folded = this.#folded(this.#open.join('\n'));
        if (folded === undefined) return this.#unfolded();
        this.#open = [];
        return [folded];
      }
      return this.#open.length > MAX_LINES ? this.#unfolded() : [];
    }
    if (line === '{') {
      this.#open.push(line);
      return [];
    }
    return [this.#folded(line) ?? { text: line, isFolded: false }];
  }

  #unfolded(): readonly LoggedLine[] {
    return this.#open.splice(0).map((text) => ({ text, isFolded: false }));
  }

  #folded(json: string): LoggedLine | undefined {
    const entry = entryOf(json);
    try {
      const text = entry && (metricsOf(entry) ?? logOf(entry, this.#style));
      return text === undefined ? undefined : { text: cut(text), isFolded: true };
    } catch {
      return undefined; // nested so deeply that it cannot be written, or with an object where a name belongs
    }
  }
}

type Entry = Readonly<Record<string, unknown>>;

/** Reads an object of JSON. */
export function entryOf(text: string): Entry | undefined {
  const json = text.trim();
  if (!json.startsWith('{') || !json.endsWith('}')) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** `metrics Invoices service=billing Succeeded=3 LagMs=120`. */
function metricsOf(entry: Entry): string | undefined {
  const definitions = isObject(entry._aws) ? entry._aws.CloudWatchMetrics : undefined;
  if (!Array.isArray(definitions)) return undefined;
  const parts = definitions.filter(isObject).map(({ Namespace, Dimensions, Metrics }) => {
    const dimensions = listOf(Dimensions).flatMap(listOf);
    const metrics = listOf(Metrics).map((metric) => (isObject(metric) ? metric.Name : undefined));
    const names = [...new Set([...dimensions, ...metrics])].map((name) => `${name}`);
    return [`${Namespace}`, ...names.map((name) => `${name}=${textOf(entry[name])}`)].join(' ');
  });
  return `metrics ${parts.join('; ')}`;
}

/** `ERROR Record failed  eventName="INSERT" error=RangeError: negative`. */
function logOf(entry: Entry, style: Style): string | undefined {
  const { level = entry.severity, message = entry.msg } = entry;
  const name = typeof level === 'number' ? NUMBERED[level] : level;
  // A longer one is not a level, and its colour would be cut off.
  if (typeof name !== 'string' || name.length > MAX_OF_LEVEL || typeof message !== 'string') return undefined;
  const fields = Object.entries(entry)
    .filter(([field]) => !BOILERPLATE.has(field))
    .map(([field, value]) => `${field}=${errorText(value) ?? textOf(value)}`);
  const upper = name.toUpperCase();
  return [`${style(LEVELS[upper] ?? 'dim', upper)} ${message}`, ...fields].join('  ');
}

/** An error as loggers write it. */
function errorText(value: unknown): string | undefined {
  if (!isObject(value) || typeof value.message !== 'string') return undefined;
  const { name = value.type, message, stack, location } = value;
  if (typeof stack !== 'string' && typeof location !== 'string') return undefined;
  return `${typeof name === 'string' ? `${name}: ` : ''}${message}`;
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? '-';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cut(text: string): string {
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}
