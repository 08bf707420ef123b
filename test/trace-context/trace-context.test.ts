import { describe, expect, test } from 'vitest';
import {
  isSampled,
  parseTraceparent,
  traceparentOf,
  xrayHeaderOf,
} from '../../src/trace-context/trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const CONTEXT = { traceId: TRACE, spanId: SPAN, traceFlags: 1 };

describe('a traceparent', () => {
  test.each([0, 1, 3, 255])('with flags %i is read as it was written', (traceFlags) => {
    const context = { ...CONTEXT, traceFlags };
    expect(parseTraceparent(traceparentOf(context))).toEqual(context);
  });

  test('of a later version is read, with its further fields left out', () => {
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-01-what-follows`)).toEqual(CONTEXT);
  });

  // The cases of the specification's own tests: https://github.com/w3c/trace-context/tree/main/test
  test.each<[string, unknown]>([
    ['no text', undefined],
    ['an object', {}],
    ['empty text', ''],
    ['another text', 'traceparent'],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['more fields than version 00 has', `00-${TRACE}-${SPAN}-01-more`],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a long span id', `00-${TRACE}-${SPAN}0-01`],
    ['wrong flags', `00-${TRACE}-${SPAN}-0x`],
    ['space around it', ` 00-${TRACE}-${SPAN}-01`],
  ])('is not %s', (_name, value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  });
});

test.each([
  [0, 0],
  [1, 1],
  [2, 0],
  [3, 1],
])('the flags %i are written for X-Ray as Sampled=%i', (traceFlags, sampled) => {
  expect(isSampled({ traceFlags })).toBe(sampled === 1);
  expect(xrayHeaderOf({ ...CONTEXT, traceFlags })).toBe(
    `Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=${SPAN};Sampled=${sampled}`,
  );
});
