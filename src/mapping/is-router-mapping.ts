import { isMembers } from '../options/check.ts';
import type { RouterMapping } from './router-mapping.ts';

/** Checks if a value is what `eventSourceMapping` returns. */
export function isRouterMapping(value: unknown): value is RouterMapping {
  const { properties, options, warnings, routes } = (isMembers(value) ? value : {}) as Partial<RouterMapping>;
  return isMembers(properties) && isMembers(options) && Array.isArray(warnings) && Array.isArray(routes);
}
