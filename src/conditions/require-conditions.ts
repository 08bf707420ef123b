import { FUNCTION } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';

/**
 * Refuses what cannot be combined.
 *
 * @throws ConfigurationError `INVALID_HANDLER`
 */
export function requireConditions(owner: string, conditions: readonly unknown[]): void {
  const code = 'INVALID_HANDLER';
  if (conditions.length === 0)
    throw invalidOption(owner, undefined, 'needs at least one condition.', { code });
  for (const condition of conditions) {
    requireArgument(owner, 'condition', condition, FUNCTION, {
      code,
      remedy: `Use ${owner}(condition, condition).`,
    });
  }
}
