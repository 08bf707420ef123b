import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonProblem } from '../../../src/cli/errors/json-problem.ts';

function problemOf(text: string, firstLine?: number): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (thrown) {
    return jsonProblem(text, thrown, firstLine);
  }
}

describe('jsonProblem says where a text is not JSON', () => {
  test.each([
    ['', 'Unexpected end (line 1, column 1)'],
    ['{"a":\n', 'Unexpected end (line 2, column 1)'],
    ['{"a":hunter2}', 'Unexpected token (line 1, column 6)'],
    ['[1,\n 2,\n tru3]', 'Unexpected number (line 3, column 5)'],
    ['{"a":1}\n{"a":2}', 'Unexpected non-whitespace character after JSON (line 2, column 1)'],
    ['{"a at position 1":hunter2}', 'Unexpected token (line 1, column 20)'],
    ['{"hunter2', 'Unterminated string (line 1, column 10)'],
  ])('%j', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  test('by the line of the file', () => {
    expect(problemOf('{"a":hunter2}', 7)).toBe('Unexpected token (line 7, column 6)');
  });

  test('and never what stands there', () => {
    const secret = 'hunter2';
    const part = fc.constantFrom(
      secret,
      `"${secret}"`,
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '\n',
      ' ',
      '1',
      '"',
      '\\',
      'tru',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const problem = problemOf(parts.join(''));
        expect(problem ?? '(line 1, column 1)').toMatch(/\(line \d+, column \d+\)$/);
        expect(problem ?? '').not.toContain(secret);
      }),
    );
  });
});
