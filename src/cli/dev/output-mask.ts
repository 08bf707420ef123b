import { type Mask, maskOf } from '../../console/protocol/mask.ts';
import type { ConfigurationError } from '../../errors.ts';
import { isMap } from '../../unmarshall/malformed.ts';
import { usageError } from '../errors/cli-error.ts';
import { flagProblem } from '../flags/flag-of.ts';

/** Hides values of items in the output of `dev`: `--mask`. */
export interface OutputMask {
  /** Hides values among the keys of a record. */
  readonly keys: (keys: unknown) => unknown;
  /** True if all values are hidden that code has made: a mask cannot find those of an item among them. */
  readonly hidesMadeValues: boolean;
}

/** Hides nothing. */
export const NO_OUTPUT_MASK: OutputMask = { keys: (keys) => keys, hidesMadeValues: false };

/** Makes the mask of `--mask`. @throws CliError */
export function outputMaskOf(text: string | undefined): OutputMask {
  if (text === undefined) return NO_OUTPUT_MASK;
  const mask = readMask(text);
  return { keys: (keys) => (isMap(keys) ? mask(keys) : keys), hidesMadeValues: true };
}

function readMask(text: string): Mask {
  try {
    return maskOf(text);
  } catch (error) {
    throw usageError(flagProblem(error as ConfigurationError), error);
  }
}
