import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withAbsoluteLinks } from './absolute-links.ts';

/** A version, and the repository that it is released from. */
export interface Release {
  /** The folder of the repository, with a built `dist`. */
  readonly root: string;
  /** The address of the repository on GitHub. */
  readonly repository: string;
  /** The tag of the commit: `v` and the version. */
  readonly tag: string;
}

/** Fields of package.json for this repository alone. Users have no scripts to run. */
const OWN_FIELDS: readonly string[] = ['devDependencies', 'scripts', 'workspaces', 'allowScripts'];

/**
 * Lists what has to be done before this can be released.
 *
 * @returns a sentence for each, none if all is well
 */
export function problemsOf({ root, repository, tag }: Release): readonly string[] {
  const { version } = manifestIn(root);
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const owners = readFileSync(join(root, '.github/CODEOWNERS'), 'utf8');
  const problems = [
    /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/.test(repository)
      ? undefined
      : `The address of the repository is ${JSON.stringify(repository)}. Set it in scripts/release/repository.ts, such as 'https://github.com/octo-org/streamlane'.`,
    owners.includes('@OWNER') ? '.github/CODEOWNERS names @OWNER. Name an account or a team.' : undefined,
    tag === `v${version}` ? undefined : `The tag is ${tag}, but package.json has version ${version}.`,
    new RegExp(`^## ${version.replaceAll('.', '\\.')} - \\d{4}-\\d{2}-\\d{2}$`, 'm').test(changelog)
      ? undefined
      : `CHANGELOG.md has no heading "## ${version} - YYYY-MM-DD".`,
  ];
  return problems.filter((problem) => problem !== undefined);
}

/** Writes the folder that is published: the compiled code, package.json with its addresses, a README with absolute links. */
export function writePackageFolder(release: Release, folder: string): void {
  const { root, repository, tag } = release;
  const own = Object.entries(manifestIn(root)).filter(([field]) => !OWN_FIELDS.includes(field));
  const manifest = {
    ...Object.fromEntries(own),
    repository: { type: 'git', url: `git+${repository}.git` },
    homepage: `${repository}#readme`,
    bugs: `${repository}/issues`,
  };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const path of ['dist', 'LICENSE']) cpSync(join(root, path), join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  writeFileSync(join(folder, 'README.md'), withAbsoluteLinks(readme, repository, tag));
}

function manifestIn(root: string): { readonly version: string } {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}
