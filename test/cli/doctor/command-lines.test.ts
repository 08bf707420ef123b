import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandLines } from '../../../src/cli/doctor/command-lines.ts';

/** The arguments that a shell makes of text. */
function argumentsOf(text: string): readonly string[] {
  return execFileSync('sh', ['-c', `set -- ${text}\nprintf '%s\\0' "$@"`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

test('breaks before options', () => {
  const command = 'aws lambda update-event-source-mapping --uuid a1b2c3d4 --batch-size 100 --enabled';
  expect(commandLines(command, 50)).toEqual([
    'aws lambda update-event-source-mapping \\',
    '--uuid a1b2c3d4 --batch-size 100 --enabled',
  ]);
});

test('keeps an argument whole that is longer than a line', () => {
  const url = `https://sqs.eu-central-1.amazonaws.com/111122223333/${'q'.repeat(80)}`;
  expect(commandLines(`aws sqs set-queue-attributes --queue-url ${url} --attributes A=1`, 70)).toEqual([
    'aws sqs set-queue-attributes --queue-url \\',
    `${url} \\`,
    '--attributes A=1',
  ]);
});

test('keeps spaces within quotes', () => {
  expect(commandLines(`aws x --filter-criteria '{"a": ["b c d e f"]}' --y "a \\" b"`, 20)).toEqual([
    'aws x \\',
    '--filter-criteria \\',
    `'{"a": ["b c d e f"]}' \\`,
    '--y "a \\" b"',
  ]);
});

test('loses nothing of a quote without an end', () => {
  expect(commandLines("aws x --name it's --y", 80)).toEqual(["aws x --name it's --y"]);
});

test('a shell takes the indented lines for the same command', { timeout: 60_000 }, () => {
  const word = fc.oneof(
    fc.stringMatching(/^[\w./:=,{}-]{1,40}$/),
    fc.string({ maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text)),
    fc.constantFrom('--uuid', '--enabled'),
  );
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 10, max: 80 }),
      (words, width) => {
        const command = words.map((one) => (/^[\w./:=,-]+$/.test(one) ? one : quoted(one))).join(' ');
        const lines = commandLines(command, width);
        expect(argumentsOf(lines.join('\n          '))).toEqual(words);
        for (const line of lines) {
          expect(line.length <= width || argumentsOf(line.replace(/ \\$/, '')).length === 1).toBe(true);
        }
      },
    ),
    { numRuns: 200 },
  );
});
