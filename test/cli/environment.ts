import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Servers that run for this project are found by files in here: no test file sees those of another one.
const cache = mkdtempSync(join(tmpdir(), 'streamlane-cli-'));

/** The developer's own environment, without the variables of AWS, Node and colours. */
export function commandEnvironment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const plain = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !/^(AWS|NODE_|NO_COLOR|FORCE_COLOR|POWERTOOLS|VITEST|XDG_CACHE)/.test(entry[0]),
  );
  // Node 22 warns of node:sqlite, which the embedded servers load.
  const quiet = /^v22\./.test(process.version) && { NODE_OPTIONS: '--disable-warning=ExperimentalWarning' };
  // No ~/.aws either.
  return { ...Object.fromEntries(plain), ...quiet, HOME: cache, XDG_CACHE_HOME: cache, ...env };
}
