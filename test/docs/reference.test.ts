import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { batchSettings } from '../../src/batch/options.ts';
import { consoleLogger } from '../../src/logger.ts';
import { anchorsOf, blocksOf, fromRoot, PAGES, proseOf, ROOT, tableUnder } from './markdown.ts';

/** A name in backticks, alone in its cell. */
const nameIn = (cell = ''): string => /^`([^`]+)`$/.exec(cell)?.[1] ?? cell;

describe('links', () => {
  const links = PAGES.flatMap((page) =>
    [...proseOf(page).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
      .map(([, inText, inTag]) => ({ page, target: inText ?? inTag ?? '' }))
      .filter(({ target }) => !/^(https?|mailto):/.test(target)),
  );

  test.each(links)('$page -> $target', ({ page, target }) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : fromRoot(join(ROOT, dirname(page), path));
    expect(existsSync(join(ROOT, file)), file).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file)).toContain(anchor);
  });
});

describe('an index for language models', () => {
  const index = readFileSync(`${ROOT}/llms.txt`, 'utf8');
  const targets = [...index.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);

  test('has every page of the documentation', () => {
    expect(targets).toEqual(expect.arrayContaining(PAGES.filter((page) => page.startsWith('docs/'))));
  });

  test.each(targets)('%s exists', (target) => {
    expect(existsSync(join(ROOT, target))).toBe(true);
  });
});

test.each(PAGES.filter((page) => /^docs\/(?!README)/.test(page)))('%s is in the table of pages', (page) => {
  expect(tableUnder('docs/README.md', 'Documentation').map(([name]) => name)).toContainEqual(
    expect.stringContaining(`(${page.slice('docs/'.length)})`),
  );
});

const SPECIAL: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [undefined, 'none'],
  [consoleLogger, 'console'],
]);

describe('the table of options', () => {
  const rows = tableUnder('docs/getting-started.md', 'Options');
  const { table, owner, ...settings } = batchSettings('docs', {}, undefined);

  test('has every option and no other', () => {
    expect(rows.map(([name]) => nameIn(name)).sort()).toEqual(Object.keys(settings).sort());
  });

  test.each(Object.entries(settings))('says what %s is when left out', (name, value) => {
    const row = rows.find(([cell]) => nameIn(cell) === name) ?? [];
    const shown = SPECIAL.get(value) ?? JSON.stringify(value).replaceAll('"', "'");
    expect(nameIn(row[1])).toBe(shown);
  });

  const ranges = rows.flatMap(([name = '', , meaning = '']) => {
    const [, least, most] = /([\d,]+) to ([\d,]+)/.exec(meaning) ?? [];
    if (least === undefined || most === undefined) return [];
    return [{ name: nameIn(name), least: numberIn(least), most: numberIn(most) }];
  });

  test.each(ranges)('says the range of $name', ({ name, least, most }) => {
    const set = (value: number) => () => batchSettings('docs', { [name]: value }, undefined);
    for (const allowed of [least, most]) expect(set(allowed)).not.toThrow();
    for (const refused of [least - 1, most + 1]) expect(set(refused)).toThrow(name);
  });

  test('gives two ranges', () => {
    expect(ranges.map(({ name }) => name)).toEqual(['concurrency', 'reserveMs']);
  });
});

function numberIn(text: string): number {
  return Number(text.replaceAll(',', ''));
}

describe('the table of error codes', () => {
  const source = readFileSync(`${ROOT}/src/errors.ts`, 'utf8');
  const codes = new Set([...source.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)].map(([, code]) => code));
  const sections = ['Configuration', 'The event', 'One record', 'The batch', 'Sinks'];
  const rows = sections.flatMap((heading) => tableUnder('docs/errors.md', heading));

  test('has every code in src/errors.ts and no other', () => {
    expect(rows.map(([code]) => nameIn(code)).sort()).toEqual([...codes].sort());
  });

  test.each(rows)('gives %s a cause and a remedy', (...cells) => {
    expect(cells.every((cell) => cell.length > 0)).toBe(true);
  });
});

describe('other blocks', () => {
  const blocks = PAGES.flatMap(blocksOf);
  const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as {
    scripts: Record<string, string>;
  };

  test('every block names a language that is checked or is plain text', () => {
    // A project with Jest has its configuration from `js` and its tests from `typescript`.
    const known = ['ts', 'typescript', 'js', 'sh', 'json', 'yaml', 'hcl', 'go', 'diff', 'text'];
    expect(blocks.filter(({ language }) => !known.includes(language))).toEqual([]);
  });

  test('JSON is JSON', () => {
    for (const { code } of blocks.filter(({ language }) => language === 'json')) JSON.parse(code);
  });

  test('every npm script that a page names exists', () => {
    const named = PAGES.flatMap((page) => [...readTextOf(page).matchAll(/npm run (?!-)([\w:-]+)/g)]);
    expect(named.map(([, script = '']) => script).filter((script) => !(script in scripts))).toEqual([]);
    expect(scripts).toHaveProperty('start');
    expect(scripts).toHaveProperty('test');
  });
});

function readTextOf(page: string): string {
  return readFileSync(`${ROOT}/${page}`, 'utf8');
}
