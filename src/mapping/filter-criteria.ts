import { ConfigurationError } from '../errors.ts';
import { kindOf, rejectUnknownOptions } from '../options.ts';

/** Which records a function gets: those that match at least one filter. */
export interface FilterCriteria {
  /** 5 at most, 10 with a raised quota. An empty list is none: every record passes. */
  readonly filters: readonly {
    /** An event pattern as JSON, of at most 4,096 characters. */
    readonly pattern: string;
  }[];
}

// The quota that AWS raises 5 to, on request. Whether it did is not known here, so that many are accepted.
const MAX_FILTERS = 10;

/**
 * Reads and checks a `filterCriteria`.
 *
 * @returns the patterns, as JSON; empty when there are no filters
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `INVALID_PATTERN`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function filterPatterns(owner: string, criteria: unknown): readonly string[] {
  if (criteria === undefined) return [];
  rejectUnknownOptions(`${owner}: filterCriteria`, criteria, ['filters']);
  const { filters = [] } = criteria as { readonly filters?: unknown };
  if (!Array.isArray(filters) || filters.length > MAX_FILTERS) {
    const came = Array.isArray(filters) ? `${filters.length}` : kindOf(filters);
    throw new ConfigurationError(
      'INVALID_OPTION',
      `${owner}: filterCriteria.filters has to be an array of at most 5 filters (${MAX_FILTERS} with a raised quota), ` +
        `got ${came}.`,
    );
  }
  return filters.map((filter: unknown, index) => {
    rejectUnknownOptions(`${owner}: filterCriteria.filters[${index}]`, filter, ['pattern']);
    const { pattern } = filter as { readonly pattern?: unknown };
    if (typeof pattern !== 'string') {
      throw new ConfigurationError(
        'INVALID_OPTION',
        `${owner}: filterCriteria.filters[${index}].pattern has to be JSON in a string, got ${kindOf(pattern)}.`,
      );
    }
    return pattern;
  });
}
