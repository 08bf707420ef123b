import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REFERENCE_FOLDER, writeReference } from '../../scripts/api-reference.ts';

const folder: string = mkdtempSync(join(tmpdir(), 'streamlane-api-'));
let problems: readonly string[];

beforeAll(async () => {
  problems = await writeReference(folder);
}, 300_000); // 15 s on an idle core
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The pages of a folder, by name. */
function pagesOf(root: string): ReadonlyMap<string, string> {
  const names = globSync('**/*.md', { cwd: root }).sort();
  return new Map(names.map((name) => [name.replaceAll('\\', '/'), readFileSync(join(root, name), 'utf8')]));
}

test('each export and each member of the public API has a comment, and each link in one leads somewhere', () => {
  expect(problems).toEqual([]);
});

test('docs/api is the reference of the code; `npm run api-reference` writes it', () => {
  const [written, committed] = [pagesOf(folder), pagesOf(REFERENCE_FOLDER)];
  expect([...committed.keys()]).toEqual([...written.keys()]);
  for (const [name, text] of written) expect(committed.get(name), name).toBe(text);
});

test('each entry point of the package has a page', () => {
  const { exports } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    exports: Record<string, { types?: string }>;
  };
  const names = Object.entries(exports).flatMap(([subpath, { types }]) =>
    types === undefined ? [] : [join('streamlane', subpath)],
  );
  const titles = [...pagesOf(folder).values()].map((text) => /^# (.*)$/m.exec(text)?.[1]);
  expect(titles).toEqual(expect.arrayContaining(names));
});

test('each link leads to a page and to an anchor on it', () => {
  const pages = pagesOf(folder);
  const broken = [...pages].flatMap(([page, text]) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
      if (/^https?:/.test(target) || target === '../README.md') return [];
      const [path = '', anchor] = target.split('#');
      const other = pages.get(path === '' ? page : join(dirname(page), path).replaceAll('\\', '/'));
      const isFound = other !== undefined && (anchor === undefined || other.includes(`<a id="${anchor}">`));
      return isFound ? [] : [`${page} -> ${target}`];
    }),
  );
  expect(broken).toEqual([]);
});

test('no page has a path of this machine or the line of a source', () => {
  for (const [name, text] of pagesOf(folder)) {
    expect(text, name).not.toContain(dirname(REFERENCE_FOLDER));
    expect(text, name).not.toMatch(/\.ts:\d+/);
  }
});
