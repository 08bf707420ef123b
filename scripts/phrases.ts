// Finds phrases that are hard to read, in sources and documentation. `npm run lint` runs it.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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
  [words('(?:some|any)body'), 'name the subject: "a caller", "another process"'],
  [words('for want of'), 'say "because X is missing"'],
  [words('all the same'), 'say "anyway" or "still"'],
  [words('in spite of'), 'say "although"'],
  [words('in vain'), 'say "without success"'],
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

if (argv[1] === import.meta.filename) main();

function main(): void {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.md', '*.yml'], {
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    // The phrases themselves are in these.
    .filter((file) => !/(?:^|\/)phrases\.|^bench\/report\//.test(file) && existsSync(file));
  const problems = files.flatMap((file) =>
    phrasesIn(readFileSync(file, 'utf8')).map(
      ({ line, phrase, instead }) => `${file}:${line}: "${phrase}": ${instead}`,
    ),
  );
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) exit(1);
}
