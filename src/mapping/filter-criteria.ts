import { compilePattern, type EventPattern } from '../conditions/compile-pattern.ts';
import { type PatternWarning, patternWarnings } from '../conditions/pattern-warnings.ts';
import { rejectUnknownOptions, within } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';
import { inCamelCase } from './aws-names.ts';

/** Which records a function gets: those that match at least one filter. */
export interface FilterCriteria {
  /** 5 at most, 10 with a raised quota. An empty list is none: every record passes. */
  readonly filters: readonly {
    /** An event pattern, as an object or as JSON; at most 4,096 characters of JSON. */
    readonly pattern: string | EventPattern;
  }[];
}

/** Filters, made ready. */
export interface RecordFilter {
  /** As JSON, as AWS takes them. */
  readonly patterns: readonly string[];
  /** Parts of them that never match or always do, and parts that Lambda may refuse. */
  readonly warnings: readonly PatternWarning[];
  /** Returns true if the function gets a record. The record needs Lambda's shape. Never throws. */
  passes(record: unknown): boolean;
}

// The quota that AWS raises 5 to, on request. Whether it did is not known here, so that many are accepted.
const MAX_FILTERS = 10;

const MAX_CHARACTERS = 4096;

/**
 * Reads and checks a `filterCriteria`.
 *
 * @returns undefined without filters: every record passes
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `INVALID_PATTERN`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function recordFilter(owner: string, criteria: unknown): RecordFilter | undefined {
  if (criteria === undefined) return undefined;
  const given = inCamelCase(owner, criteria, 'filterCriteria');
  rejectUnknownOptions(owner, given, ['filters'], 'filterCriteria');
  const { filters = [] } = given;
  if (!Array.isArray(filters) || filters.length > MAX_FILTERS) {
    const came = Array.isArray(filters) ? `${filters.length}` : shown(filters);
    throw invalidOption(
      owner,
      'filterCriteria.filters',
      `has to be an array of at most 5 filters (${MAX_FILTERS} with a raised quota), got ${came}.`,
    );
  }
  if (filters.length === 0) return undefined;
  const compiled = filters.map((filter, index) =>
    compiledFilter(owner, filter, `filterCriteria.filters[${index}]`),
  );
  return {
    patterns: compiled.map(({ json }) => json),
    warnings: compiled.flatMap(({ json }, index) =>
      patternWarnings(json).map(({ code, message }) => ({
        code,
        message: `filters[${index}]: ${message}`,
      })),
    ),
    passes: (record) => compiled.some(({ matches }) => matches(record)),
  };
}

function compiledFilter(
  owner: string,
  filter: unknown,
  path: string,
): { readonly json: string; readonly matches: (record: unknown) => boolean } {
  const given = inCamelCase(owner, filter, path);
  rejectUnknownOptions(owner, given, ['pattern'], path);
  const { pattern } = given;
  // Before it is written as JSON, which would drop undefined members and so let more records through.
  const option = within(path, 'pattern');
  const matches = compilePattern(pattern as string | EventPattern, { owner, option });
  const json = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
  if (json.length > MAX_CHARACTERS) {
    throw invalidOption(
      owner,
      option,
      `is refused: Invalid filter pattern definition. A pattern has at most ${MAX_CHARACTERS} characters, ` +
        `this one has ${json.length}.`,
      { code: 'INVALID_PATTERN' },
    );
  }
  return { json, matches };
}
