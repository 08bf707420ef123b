import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { usageError } from '../errors/cli-error.ts';

/** A section of a profile: `[profile staging]` in the config file, `[staging]` in both. */
const SECTION = /^\s*\[\s*(?:profile\s+)?["']?([^\]"']+?)["']?\s*\]/gm;

/** Sections that are not profiles. */
const OTHER = /^(?:sso-session|services)\s/;

const MAX_NAMES = 10;

/**
 * Refuses a profile that neither file of AWS has. The SDK would only say that the Region or the credentials are missing.
 *
 * @throws CliError
 */
export function requireProfile(profile: string | undefined, env: NodeJS.ProcessEnv): void {
  if (!profile) return;
  const home = env.HOME || homedir();
  const files = [
    env.AWS_CONFIG_FILE || join(home, '.aws', 'config'),
    env.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials'),
  ];
  const names = new Set(files.flatMap(profilesIn));
  if (names.has(profile)) return;
  const known = [...names].sort();
  const more = known.length > MAX_NAMES ? ' and others' : '';
  const remedy =
    known.length === 0
      ? `There is no other one either. Create it with: aws configure --profile ${profile}`
      : `There are ${known.slice(0, MAX_NAMES).join(', ')}${more}. Name one of them with --profile.`;
  throw usageError(`There is no profile ${profile} in ${files.join(' and ')}. ${remedy}`);
}

/** The profiles of a file. None for a file that does not exist or cannot be read: the SDK does not read it either. */
function profilesIn(path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return [...text.matchAll(SECTION)].map(([, name]) => `${name}`).filter((name) => !OTHER.test(name));
}
