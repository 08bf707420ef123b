import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogFolder } from '../../../src/cli/dev/fold-logs.ts';

const styled = (format: unknown, text: string): string => (format === 'dim' ? text : `<${format}>${text}</>`);

/** Gives the lines that are shown of output that comes in pieces. */
function shown(...pieces: readonly string[]): readonly string[] {
  const folder = new LogFolder(styled);
  return [...pieces.flatMap((piece) => folder.push(piece)), ...folder.end()].map(({ text }) => text);
}

const ERROR = { name: 'RangeError', message: 'negative', stack: 'RangeError: negative\n    at x' };

describe('an entry of JSON is a line', () => {
  test.each<[string, object, string]>([
    [
      'of Powertools',
      {
        level: 'INFO',
        message: 'invoice seen',
        timestamp: '2026-01-01T00:00:00Z',
        service: 'billing',
        cold_start: true,
        function_request_id: 'r',
        id: 'INV-1',
        count: 3,
      },
      'INFO invoice seen  id="INV-1"  count=3',
    ],
    [
      'with an error',
      { level: 'ERROR', message: 'failed', error: ERROR },
      '<red>ERROR</> failed  error=RangeError: negative',
    ],
    [
      'with an error of pino',
      { level: 50, msg: 'failed', err: { type: 'E', message: 'no', stack: 's' } },
      '<red>ERROR</> failed  err=E: no',
    ],
    [
      'with an error without a name',
      { level: 'warn', message: 'm', error: { message: 'no', location: 'l' } },
      '<yellow>WARN</> m  error=no',
    ],
    [
      'with a value that is not an error',
      { level: 'info', message: 'm', of: { message: 'no' } },
      'INFO m  of={"message":"no"}',
    ],
    ['with a severity', { severity: 'CRITICAL', message: 'm' }, '<red>CRITICAL</> m'],
    [
      'of metrics',
      {
        _aws: {
          Timestamp: 1,
          CloudWatchMetrics: [
            {
              Namespace: 'Invoices',
              Dimensions: [['service']],
              Metrics: [{ Name: 'Succeeded', Unit: 'Count' }, { Name: 'LagMs' }],
            },
          ],
        },
        service: 'billing',
        Succeeded: 3,
        LagMs: [1, 2],
      },
      'metrics Invoices service="billing" Succeeded=3 LagMs=[1,2]',
    ],
    [
      'of metrics that lack parts',
      {
        _aws: {
          CloudWatchMetrics: [{ Namespace: 'N', Metrics: [null, { Name: 'a' }] }, 7, { Namespace: 'M' }],
        },
      },
      'metrics N undefined=- a=-; M',
    ],
  ])('%s', (_name, entry, line) => {
    expect(shown(`${JSON.stringify(entry)}\n`)).toEqual([line]);
    expect(shown(`before\n${JSON.stringify(entry, undefined, 4)}\nafter\n`)).toEqual([
      'before',
      line,
      'after',
    ]);
  });

  test('of 300 characters at most', () => {
    const [line = ''] = shown(`${JSON.stringify({ level: 'INFO', message: 'x'.repeat(1000) })}\n`);
    expect(line).toHaveLength(301);
  });
});

describe('unchanged are', () => {
  test.each([
    ['text', ['hello', '', 'world']],
    ['JSON of the user', ['{"id":1}', '[1]', '{"level":3,"message":"x"}', '{"level":"INFO"}', '{"_aws":1}']],
    ['what only looks like JSON', ['{', '  not: json', '}', '{x}', '{', 'no end']],
    [
      'an object that takes many lines',
      ['{', ...Array.from({ length: 250 }, (_, index) => `line ${index}`), '}'],
    ],
  ])('%s', (_name, lines) => {
    expect(shown(`${lines.join('\n')}\n`)).toEqual(lines);
  });

  test('text without the end of its line, which is shown at once', () => {
    const folder = new LogFolder(styled);
    expect(folder.push('50 %')).toEqual([{ text: '50 %', isFolded: false }]);
    expect(folder.end()).toEqual([]);
  });
});

test('an entry without the end of its line is shown when the output ends', () => {
  expect(shown('{"level":"INFO","message":"last"}')).toEqual(['INFO last']);
});

test('it does not matter in which pieces output comes', () => {
  const entry = { level: 'INFO', message: 'a', id: 1 };
  const whole = `${JSON.stringify(entry)}\n${JSON.stringify(entry, undefined, 2)}\n{"id":1}\n{\nx\n}\n`;
  const expected = shown(whole);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: whole.length })), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
      // A cut before a line that is text would show it in two parts: the pieces here begin with JSON.
      const pieces = places.slice(1).map((place, index) => whole.slice(places[index], place));
      expect(shown(...pieces)).toEqual(expected);
    }),
  );
});

describe('what cannot be folded is shown unchanged', () => {
  const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  test.each([
    ['nested too deeply to be written', `{"level":"INFO","message":"m","deep":${DEEP}}`],
    ['metrics whose namespace is an object', '{"_aws":{"CloudWatchMetrics":[{"Namespace":{"toString":1}}]}}'],
    [
      'metrics whose dimension is an object',
      '{"_aws":{"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[{"toString":1}]]}]}}',
    ],
    ['a level too long to be one', `{"level":"${'x'.repeat(290)}","message":"m"}`],
  ])('%s', (_name, line) => {
    expect(shown(`${line}\n`)).toEqual([line]);
  });

  test('an object that does not end is not kept back for ever', () => {
    const folder = new LogFolder(styled);
    const piece = 'z'.repeat(600_000);
    expect(folder.push(`{${piece}`)).toEqual([]);
    expect(folder.push(piece).map(({ text }) => text)).toEqual([`{${piece}${piece}`]);
    expect(folder.end()).toEqual([]);
  });
});
