import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * Gives the text that has to go with copies of these packages: each one's name, version, licence and licence text.
 *
 * @throws Error if a package has no file with its licence
 */
export function licensesOf(packages: readonly string[], root: string): string {
  const sections = packages.map((folder) => {
    const path = join(root, folder);
    const { name, version, license }: Manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const file = readdirSync(path).find((entry) => /^(licen[cs]e|copying)\b/i.test(entry));
    if (license === undefined || file === undefined) {
      throw new Error(`${folder} has no licence, so it cannot be bundled. Use another package.`);
    }
    return `${name} ${version} (${license})\n\n${readFileSync(join(path, file), 'utf8').trim()}\n`;
  });
  return ['Files of streamlane contain code of these packages.\n', ...sections.sort()].join(
    `\n${'-'.repeat(80)}\n\n`,
  );
}
