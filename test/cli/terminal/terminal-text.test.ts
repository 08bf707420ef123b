import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { handlerText, styled, terminalLine, writeLines } from '../../../src/cli/terminal/terminal-text.ts';

// C0 and C1 with DEL, what turns the direction of text, and the separators of lines.
const CONTROL = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

test.each([
  ['a sequence that writes to the clipboard', '\x1b]52;c;aGk=\x07', '\\u001b]52;c;aGk=\\u0007'],
  ['a line that is forged', 'x\n12:00:00 REMOVE id="1"', 'x\\n12:00:00 REMOVE id="1"'],
  ['a line that is overwritten', 'x\r ok\t\b', 'x\\r ok\\t\\b'],
  ['a colour', '\x1b[31mred', '\\u001b[31mred'],
  ['a sequence of C1', '\x9b31m\x85', '\\u009b31m\\u0085'],
  ['DEL and NUL', '\x7f\0', '\\u007f\\u0000'],
  ['text that is turned', 'a\u202eb\u2066c\u061c\u200f', 'a\\u202eb\\u2066c\\u061c\\u200f'],
  ['separators of lines', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
])('%s is shown and has no effect', (_name, text, shown) => {
  expect(terminalLine(text)).toBe(shown);
});

test('text of any script, signs and emoji stay as they are', () => {
  const text = 'Größe 大きさ حجم 👩\u200d👩\u200d👧 ✓ "a\\b"';
  expect(terminalLine(text)).toBe(text);
});

test('only our own colours are colours, whatever they are given to', () => {
  expect(terminalLine(`${styled('red', 'x\x1b[32my\n')} ${styled(['bold', 'dim'], 'z')}`)).toBe(
    '\x1b[31mx\\u001b[32my\\n\x1b[39m \x1b[1m\x1b[2mz\x1b[22m\x1b[22m',
  );
  // Who knows how a colour is written within the process has not got one outside of it.
  const own = styled('red', '');
  expect(terminalLine(`${own.slice(0, 5)}[31m`)).not.toContain('\x1b');
});

test('no text whatsoever brings a control character to the terminal, and JSON stays the same JSON', {
  timeout: 60_000,
}, () => {
  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...'\x1b[]0;m\n\r\x9b\x7f\u202e\u2028"\\\\'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(hostile, (text) => {
      expect(terminalLine(text)).not.toMatch(CONTROL);
      const value = { [text]: [text] };
      const line = terminalLine(JSON.stringify(value));
      expect(line).not.toMatch(CONTROL);
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 2000 },
  );
});

test('lines are written one by one, and waited for', async () => {
  const output = new PassThrough({ encoding: 'utf8' });
  await writeLines(output, 'a\nb', 'c');
  expect(output.read()).toBe('a\\nb\nc\n');
});

describe('what a handler writes', () => {
  const text = '\x1b[1;31mred\x1b[0m\tx\n\x1b]52;c;x\x07\r\x9b\u202e\x1b[2J';

  test('keeps colours, tabs and lines on a terminal, and nothing else', () => {
    expect(handlerText({ isTTY: true } as never, text)).toBe(
      '\x1b[1;31mred\x1b[0m\tx\n\\u001b]52;c;x\\u0007\\r\\u009b\\u202e\\u001b[2J\x1b[0m',
    );
  });

  test.each([
    ['hidden', '\x1b[8mx\n', '\x1b[8mx\x1b[0m\n'],
    ['red, without a line end', '\x1b[31mx', '\x1b[31mx\x1b[0m'],
    ['plain', 'x\ny\n', 'x\ny\n'],
  ])('%s: its colours end with it', (_name, written, shown) => {
    expect(handlerText({ isTTY: true } as never, written)).toBe(shown);
  });

  test('stays unchanged elsewhere', () => {
    expect(handlerText({ isTTY: false } as never, text)).toBe(text);
  });
});

test('there is one place that writes: no other file of the command line writes to its outputs', () => {
  const files = readdirSync('src/cli', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const writing = files.filter((name) => /\.write\(/.test(readFileSync(join('src/cli', name), 'utf8')));
  expect(writing.toSorted()).toEqual([
    'dev/screen.ts', // what a handler writes
    'process.ts', // nothing, to know that all is out
    'program.ts', // the help
    'replay/progress.ts', // nothing but what takes the bar away
    'terminal/output.ts', // rows whose cells went through terminalLine
    'terminal/terminal-text.ts',
  ]);
});
