import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Variables of an environment whose `~/.aws` has these profiles, without Region and credentials. */
export function withProfiles(...names: readonly string[]): { readonly AWS_CONFIG_FILE: string } {
  const path = join(mkdtempSync(join(tmpdir(), 'streamlane-profiles-')), 'config');
  writeFileSync(path, names.map((name) => `[profile ${name}]\noutput = json\n`).join('\n'));
  return { AWS_CONFIG_FILE: path };
}
