import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { jsonText, messageText } from '../../../src/sinks/message/message-text.ts';

test.each([
  ['text as it is', 'text', 'text'],
  ['JSON text as it is', '{"a": 1}', '{"a": 1}'],
  ['objects', { a: [1, null, 'x'], b: undefined }, '{"a":[1,null,"x"]}'],
  ['numbers', 12.5, '12.5'],
  ['false', false, 'false'],
  ['null', null, 'null'],
  ['dates', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ['sets', { tags: new Set(['a', 'b']) }, '{"tags":["a","b"]}'],
  ['bytes', { bytes: new Uint8Array([1, 2, 3]) }, '{"bytes":"AQID"}'],
  ['buffers', { bytes: [Buffer.from([1, 2, 3])] }, '{"bytes":["AQID"]}'],
  ['sets of bytes', new Set([new Uint8Array([1, 2, 3])]), '["AQID"]'],
  ['big integers', { ledger: 9007199254740993n }, '{"ledger":"9007199254740993"}'],
  [
    'exact numbers',
    { rate: NumberValueImpl.from('1.0987654321098765432') },
    '{"rate":"1.0987654321098765432"}',
  ],
])('writes %s', (_, message, text) => {
  expect(messageText('target', message)).toBe(text);
});

const circular: { self?: unknown } = {};
circular.self = circular;

test.each([
  ['an empty text', '', /the message is empty/],
  ['undefined', undefined, /has to be text or JSON, got undefined/],
  ['a function', () => 1, /has to be text or JSON, got function/],
  ['a circle', circular, /cannot be written as JSON/],
] as const)('refuses %s', (_, message, reason) => {
  expect(() => messageText('target', message)).toThrow(
    expect.objectContaining({
      name: 'SinkError',
      code: 'SINK_MESSAGE_INVALID',
      retryable: false,
      target: 'target',
      message: expect.stringMatching(reason),
    }),
  );
});

test.each([
  ['resolves', () => Promise.resolve({ id: 1 })],
  ['rejects', () => Promise.reject(new Error('lost'))],
])('a message that is a promise which %s is refused, as it would be sent as {}', (_, message) => {
  const refused = expect.objectContaining({
    code: 'SINK_MESSAGE_INVALID',
    message: expect.stringContaining('awaited'),
  });
  expect(() => messageText('t', message())).toThrow(refused);
  expect(() => jsonText('t', message())).toThrow(refused);
});
