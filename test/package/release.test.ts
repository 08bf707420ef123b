import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withAbsoluteLinks } from '../../scripts/release/absolute-links.ts';
import { problemsOf, writePackageFolder } from '../../scripts/release/package-folder.ts';

const root = resolve(import.meta.dirname, '../..');
const repository = 'https://github.com/octo-org/streamlane';

/** A repository in which all is done. */
let ready: string;

beforeAll(() => {
  ready = mkdtempSync(join(tmpdir(), 'streamlane-release-'));
  for (const path of ['package.json', 'README.md', 'LICENSE', 'dist']) {
    cpSync(join(root, path), join(ready, path), { recursive: true });
  }
  const { version } = manifestOf(root);
  writeFileSync(join(ready, 'CHANGELOG.md'), `## Unreleased\n\n## ${version} - 2026-12-01\n`);
  mkdirSync(join(ready, '.github'));
  writeFileSync(join(ready, '.github/CODEOWNERS'), '* @octo-org/streams\n');
});

afterAll(() => rmSync(ready, { recursive: true, force: true }));

function manifestOf(folder: string): Readonly<Record<string, unknown>> & { readonly version: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

test('the release script refuses a tag of another version', () => {
  const args = [join(root, 'scripts/release.ts'), 'v99.9.9'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });

  expect(status).toBe(1);
  expect(stderr).toContain('Nothing is released.');
  expect(stderr).toContain('The tag is v99.9.9, but package.json has version');
});

test.each([
  [
    'no address',
    { repository: '' },
    'The address of the repository is "". Set it in scripts/release/repository.ts',
  ],
  ['an address without a host', { repository: 'octo-org/streamlane' }, 'The address of the repository is'],
  ['another tag', { tag: 'v0.0.1' }, 'The tag is v0.0.1'],
])('%s is a problem', (_name, wrong, problem) => {
  const release = { root: ready, repository, tag: `v${manifestOf(root).version}`, ...wrong };
  expect(problemsOf(release)).toEqual([expect.stringContaining(problem)]);
});

test.each([
  ['CHANGELOG.md', '## Unreleased\n', 'CHANGELOG.md has no heading'],
  ['.github/CODEOWNERS', '* @OWNER\n', '.github/CODEOWNERS names @OWNER'],
])('%s that is not ready is a problem', (file, text, problem) => {
  const before = readFileSync(join(ready, file), 'utf8');
  writeFileSync(join(ready, file), text);
  const problems = problemsOf({ root: ready, repository, tag: `v${manifestOf(root).version}` });
  writeFileSync(join(ready, file), before);

  expect(problems).toEqual([expect.stringContaining(problem)]);
});

describe('the folder that is published', () => {
  const folder = (): string => join(ready, 'release');

  beforeAll(() => {
    const release = { root: ready, repository, tag: `v${manifestOf(root).version}` };
    expect(problemsOf(release)).toEqual([]);
    writePackageFolder(release, folder());
  });

  test('has the addresses, and what users need of package.json', () => {
    const { devDependencies, scripts, workspaces, allowScripts, ...own } = manifestOf(root);

    expect(manifestOf(folder())).toEqual({
      ...own,
      repository: { type: 'git', url: 'git+https://github.com/octo-org/streamlane.git' },
      homepage: 'https://github.com/octo-org/streamlane#readme',
      bugs: 'https://github.com/octo-org/streamlane/issues',
    });
    expect(existsSync(join(folder(), 'dist/index.js'))).toBe(true);
  });

  test('has a README whose links work on the page of the registry', () => {
    const readme = readFileSync(join(folder(), 'README.md'), 'utf8');
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const files = links.flatMap((link) => {
      const [, path] = /octo-org\/streamlane\/(?:blob\/)?v[\d.]+\/([^#]+)/.exec(link) ?? [];
      return path === undefined ? [] : [path];
    });

    expect(links.filter((link) => !/^(?:https:|#)/.test(link))).toEqual([]);
    expect(files.length).toBeGreaterThan(30);
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(readme).toContain('](https://raw.githubusercontent.com/octo-org/streamlane/v');
  });
});

test('links in code, to anchors and to other sites stay', () => {
  const text = '[a](#b) [c](https://d.e)\n```ts\nconst f = g[0](h);\n```\n![i](j.svg) [k](l.md#m)\n';

  expect(withAbsoluteLinks(text, repository, 'v1.0.0')).toBe(
    '[a](#b) [c](https://d.e)\n```ts\nconst f = g[0](h);\n```\n' +
      '![i](https://raw.githubusercontent.com/octo-org/streamlane/v1.0.0/j.svg) ' +
      '[k](https://github.com/octo-org/streamlane/blob/v1.0.0/l.md#m)\n',
  );
});

test('pictures in HTML get absolute addresses too', () => {
  const html = '<source srcset="docs/a.png"><img alt="src" src="docs/b.png"><img src="https://c.d/e.png">';
  const raw = 'https://raw.githubusercontent.com/octo-org/streamlane/v1.0.0';
  expect(withAbsoluteLinks(html, repository, 'v1.0.0')).toBe(
    `<source srcset="${raw}/docs/a.png"><img alt="src" src="${raw}/docs/b.png"><img src="https://c.d/e.png">`,
  );
});

test('npm pack builds first, and npm publish refuses outside of the release', () => {
  const { scripts } = manifestOf(root) as unknown as { readonly scripts: Readonly<Record<string, string>> };
  const { status, stderr } = spawnSync('npm', ['run', '--silent', 'prepublishOnly'], {
    cwd: root,
    encoding: 'utf8',
  });

  expect(scripts.prepack).toBe('npm run --silent build');
  expect(status).not.toBe(0);
  expect(stderr).toContain('node scripts/release.ts');
});

test('the release workflow runs all checks, prepares the release, and publishes it with provenance', () => {
  const workflow = load(readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')) as {
    readonly jobs: Readonly<
      Record<string, { readonly permissions: object; readonly steps: readonly { readonly run?: string }[] }>
    >;
  };
  const { permissions, steps } = workflow.jobs.publish ?? { permissions: {}, steps: [] };

  expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  expect(steps.flatMap(({ run }) => run ?? [])).toEqual([
    'bash .ci/run',
    'node scripts/release.ts "$GITHUB_REF_NAME"',
    'npm publish ./release --provenance --access public',
  ]);
});
