import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The pages that users read, relative to the root. Those of docs/api are made from comments, whose examples are fragments:
 * test/package/api-reference.test.ts checks them.
 */
export const PAGES: readonly string[] = globSync(['*.md', 'docs/**/*.md'], {
  cwd: ROOT,
  exclude: ['docs/api/**'],
}).sort();

/** One fenced block of a page. */
export interface Block {
  readonly page: string;
  /** The line of its first line of code, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** The text of an HTML comment right above the block, as in `<!-- snippet: fails -->`. */
  readonly note: string | undefined;
}

function readPage(page: string): string {
  return readFileSync(`${ROOT}/${page}`, 'utf8');
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  const lines = readPage(page).split('\n');
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index++) {
    const fence = /^(\s*)```(\w*)$/.exec(lines[index] ?? '');
    if (fence === null) continue;
    const end = lines.indexOf(`${fence[1]}\`\`\``, index + 1);
    if (end === -1) throw new Error(`${page}:${index + 1}: the block is not closed`);
    const above = lines.slice(0, index).findLast((line) => line.trim() !== '') ?? '';
    blocks.push({
      page,
      line: index + 2,
      language: fence[2] ?? '',
      code: `${lines.slice(index + 1, end).join('\n')}\n`,
      note: /^<!-- snippet: (.+) -->$/.exec(above.trim())?.[1],
    });
    index = end;
  }
  return blocks;
}

/** The text of a page without its fenced blocks, which may contain anything. */
export function proseOf(page: string): string {
  return readPage(page).replace(/^\s*```[\s\S]*?^\s*```$/gm, '');
}

/** The rows of the table under a heading: the text of each cell, header and ruler left out. */
export function tableUnder(page: string, heading: string): string[][] {
  const [, section] = readPage(page).split(new RegExp(`^#+ ${heading}$`, 'm'));
  if (section === undefined) throw new Error(`${page}: there is no heading ${heading}`);
  const lines = section.split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  return lines.slice(first + 2, first + length).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

/** The anchors that GitHub gives to the headings of a page. */
export function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

export function fromRoot(path: string): string {
  return relative(ROOT, path);
}
