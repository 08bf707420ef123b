import type { ConfigurationError } from '../../errors.ts';

/** The flag of an option: `--batch-size` for `batchSize`. What lies within an option follows a dot, as in a program. */
export function flagOf(option: string): string {
  const [name = '', ...path] = option.split('.');
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return [flag, ...path].join('.');
}

/** The text of an error about an option, for someone who typed its flag and called no function. */
export function flagProblem({ option, problem }: ConfigurationError): string {
  return option === undefined ? problem : `${flagOf(option)} ${problem}`;
}
