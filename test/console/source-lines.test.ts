import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SourceReader } from '../../src/console/source-lines.ts';
import { codeOf } from '../cli/dev/code.ts';

const NUMBERED = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n');

function reading() {
  const code = codeOf({ 'handler.ts': NUMBERED, 'other.ts': 'secret', 'data.json': '{}' });
  const reader = new SourceReader();
  reader.add([code.path('handler.ts'), code.path('data.json'), code.path('gone.ts')]);
  return { code, reader };
}

test('a place is shown with four lines around it', () => {
  const { code, reader } = reading();
  const lines = (line: number) => reader.linesAt(`${code.path('handler.ts')}:${line}`);
  expect(lines(10)).toEqual({
    firstLine: 6,
    lines: [6, 7, 8, 9, 10, 11, 12, 13, 14].map((number) => `line ${number}`),
  });
  expect(lines(1)).toMatchObject({ firstLine: 1, lines: { length: 5 } });
  expect(lines(20)).toMatchObject({ firstLine: 16, lines: { length: 5 } });
});

test('only modules that the handler was loaded from are read, whatever a stack says', () => {
  const { code, reader } = reading();
  symlinkSync(code.path('other.ts'), code.path('link.ts'));
  for (const file of ['other.ts', 'link.ts', 'data.json', 'gone.ts'])
    expect(reader.linesAt(`${code.path(file)}:1`)).toBeUndefined();
  for (const at of [undefined, '', '/etc/passwd:1', code.path('handler.ts')])
    expect(reader.linesAt(at)).toBeUndefined();
});

test('lines are those of the code that failed, until it is loaded again', () => {
  const { code, reader } = reading();
  const at = `${code.path('handler.ts')}:1`;
  reader.linesAt(at);
  writeFileSync(code.path('handler.ts'), 'fixed');
  expect(reader.linesAt(at)).toMatchObject({ lines: { 0: 'line 1' } });
  reader.forget();
  expect(reader.linesAt(at)).toMatchObject({ lines: ['fixed'] });
  rmSync(code.path('handler.ts'));
  reader.forget();
  expect(reader.linesAt(at)).toBeUndefined();
});

test('a long line is cut', () => {
  const code = codeOf({ 'handler.ts': 'x'.repeat(5000) });
  const reader = new SourceReader();
  reader.add([code.path('handler.ts')]);
  expect(reader.linesAt(`${code.path('handler.ts')}:1`)?.lines[0]).toHaveLength(300);
});
