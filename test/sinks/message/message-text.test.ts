import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { jsonText, messageText, UnawaitedWork } from '../../../src/sinks/message/message-text.ts';
import { WrongMessage } from '../../../src/sinks/message/wrong-message.ts';

test.each([
  ['text unchanged', 'text', 'text'],
  ['JSON text unchanged', '{"a": 1}', '{"a": 1}'],
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
  ['undefined', undefined, /has to be text or JSON, got undefined/],
  ['a function', () => 1, /has to be text or JSON, got a function/],
  ['a circle', circular, /cannot be written as JSON/],
] as const)('refuses %s, which no item holds, as a mistake of the program', (_, message, reason) => {
  expect(() => messageText('target', message)).toThrow(WrongMessage);
  expect(() => messageText('target', message)).toThrow(reason);
});

test('refuses an empty text, which an item may hold, as this message alone', () => {
  expect(() => messageText('target', '')).toThrow(
    expect.objectContaining({
      name: 'SinkError',
      code: 'SINK_MESSAGE_INVALID',
      retryable: false,
      target: 'target',
      message: expect.stringContaining('the message is empty'),
    }),
  );
});

test.each([
  ['a promise', () => Promise.resolve({ id: 1 })],
  ['a promise that rejects', () => Promise.reject(new Error('lost'))],
  ['an object with a promise', () => ({ total: Promise.reject(new Error('lost')) })],
  ['a list with a promise', () => [{ lines: [Promise.resolve()] }]],
  ['a set with a promise', () => new Set([Promise.resolve()])],
  ['a generator', () => (function* () {})()],
  ['an object with an async generator', () => ({ lines: (async function* () {})() })],
])('%s is refused, as it would be sent as {}', (_, message) => {
  expect(() => messageText('t', message())).toThrow(UnawaitedWork);
  expect(() => jsonText(message())).toThrow(UnawaitedWork);
});

test.each([['then'], ['next']])('an attribute may be called %s', (name) => {
  expect(jsonText({ [name]: 'text' })).toBe(`{"${name}":"text"}`);
});
