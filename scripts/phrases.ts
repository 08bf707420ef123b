// Finds phrases that are hard to read, in sources and documentation. `npm run lint` runs it.
// Counts of older ones are in phrases.json. They may only fall: `node scripts/phrases.ts --update` writes lower counts.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { argv, exit } from 'node:process';

/** A phrase that was found. */
export interface Found {
  readonly line: number;
  readonly phrase: string;
  readonly instead: string;
}

const PHRASES: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [words('told of'), 'say who gets what: "gets each failure", "is logged"'],
  [words('done with'), 'say "processed" or "finished"'],
  [words('given up'), 'use the word of the field: "discarded", "no longer retried"'],
  [words('nobody'), 'name the subject: "no handler", "no caller"'],
  [words('whoever'), 'name the subject: "the caller", "users who"'],
  [words('as it is'), 'say "unchanged"'],
  [words('in its turn'), 'leave it out, or say "after that"'],
  [words('is no', { before: 'there ', after: ' longer' }), 'write "is not a"'],
  [words('what is none'), 'name it: "other values"'],
  [/(?<=\/\*\*\s+(?:\*\s+)?)(?:What|Whether)\b/g, 'start with a verb or a noun phrase'],
  [/(?<=[\w)\]`'"])\.\.(?=\s|$)/gm, 'write one full stop'],
];

/** Finds a phrase that may go on in the next line of a comment. Not where it stands between `before` and `after`. */
function words(phrase: string, { before = '', after = '' } = {}): RegExp {
  const spaced = phrase.replaceAll(' ', String.raw`\s+(?:(?:\*|//)\s+)?`);
  const [notAfter, notBefore] = [before && `(?<!${before})`, after && `(?!${after})`];
  return new RegExp(String.raw`${notAfter}\b${spaced}\b${notBefore}`, 'gi');
}

/** The phrases of a text, from the first one to the last. */
export function phrasesIn(text: string): readonly Found[] {
  return PHRASES.flatMap(([pattern, instead]) =>
    [...text.matchAll(pattern)].map((match) => ({
      line: text.slice(0, match.index).split('\n').length,
      phrase: match[0].replaceAll(/\s+(?:(?:\*|\/\/)\s+)?/g, ' '),
      instead,
    })),
  ).sort((one, other) => one.line - other.line);
}

/** Phrases per file. */
export type Counts = Readonly<Record<string, number>>;

/** Compares counts with those that are allowed. Returns the problems, one a line. */
export function problemsOf(
  found: Readonly<Record<string, readonly Found[]>>,
  allowed: Counts,
): readonly string[] {
  const files = [...new Set([...Object.keys(found), ...Object.keys(allowed)])].sort();
  return files.flatMap((file) => {
    const [phrases, limit] = [found[file] ?? [], allowed[file] ?? 0];
    if (phrases.length < limit)
      return [
        `${file}: ${phrases.length} phrases, phrases.json has ${limit}. Lower it: node scripts/phrases.ts --update`,
      ];
    if (phrases.length === limit) return [];
    const lines = phrases.map(({ line, phrase, instead }) => `${file}:${line}: "${phrase}": ${instead}`);
    return limit === 0
      ? lines
      : [`${file}: ${phrases.length} phrases, where ${limit} are allowed:`, ...lines];
  });
}

/** Files may be renamed, so one file's count may rise while the sum does not. */
export function mayReplace(allowed: Counts, counts: Counts): boolean {
  return sumOf(counts) <= sumOf(allowed);
}

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

if (argv[1] === import.meta.filename) main(argv.includes('--update'));

function main(update: boolean): void {
  const baseline = resolve(import.meta.dirname, 'phrases.json');
  const allowed: Counts = existsSync(baseline) ? JSON.parse(readFileSync(baseline, 'utf8')) : {};
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.md', '*.yml'], {
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    // The phrases themselves are in these.
    .filter((file) => !/(?:^|\/)phrases\.|^bench\/report\//.test(file) && existsSync(file));
  const found = Object.fromEntries(files.map((file) => [file, phrasesIn(readFileSync(file, 'utf8'))]));
  const counts = Object.fromEntries(
    Object.entries(found).flatMap(([file, { length }]) => (length === 0 ? [] : [[file, length]])),
  );
  if (!existsSync(baseline) || (update && mayReplace(allowed, counts))) {
    writeFileSync(baseline, `${JSON.stringify(counts, null, 2)}\n`);
    return;
  }
  const problems = problemsOf(found, allowed);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) exit(1);
}
