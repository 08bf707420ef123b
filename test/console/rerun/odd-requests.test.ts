import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskOf } from '../../../src/console/protocol/mask.ts';
import { Recorder } from '../../../src/console/recorder.ts';
import { rerunActions } from '../../../src/console/rerun/rerun-actions.ts';
import { RequestRefusedError } from '../../../src/console/server/request-refused-error.ts';
import { testStream } from '../../../src/testing/test-stream.ts';
import { SUCCESS } from './success.ts';

const stream = testStream<Record<string, unknown>>({ keys: ['id'], name: 'T' });
const RECORDS = [
  stream.insert({ id: 'a', email: 'x', lines: [{ email: 'y' }] }),
  stream.modify({ id: 'a', total: 1 }, { id: 'a', total: 2 }),
  stream.remove({ id: 'a' }),
  { eventName: 'INSERT', dynamodb: { SequenceNumber: '5', Keys: { id: { B: 'AA==' } } } },
  {},
];

const { attributeValue } = fc.letrec((tie) => ({
  attributeValue: fc.oneof(
    { depthSize: 'small' },
    fc.record({ S: fc.oneof(fc.string(), fc.constantFrom('•••', 5)) }),
    fc.record({ N: fc.oneof(fc.constantFrom('1', '1e400', 'NaN', '0x1', '1'.repeat(50)), fc.string()) }),
    fc.record({ NS: fc.array(fc.constantFrom('1', '1.0', 'x')) }),
    fc.record({ B: fc.string() }),
    fc.record({ BOOL: fc.jsonValue() }),
    fc.record({ M: fc.dictionary(fc.string(), tie('attributeValue')) }),
    fc.record({ L: fc.array(tie('attributeValue')) }),
    fc.jsonValue(),
  ),
}));
const name = fc.oneof(fc.constantFrom('id', 'email', 'lines', '__proto__', 'constructor'), fc.string());
const image = fc.oneof(
  fc.dictionary(name, attributeValue).map((item) => JSON.stringify(item)),
  fc.record({ id: attributeValue, email: attributeValue }).map((item) => JSON.stringify(item)),
  fc.jsonValue(),
);
const number = fc.oneof(fc.integer({ min: -1, max: 8 }), fc.jsonValue());
const request = fc.oneof(
  fc.record({ action: fc.constant('rerun'), numbers: fc.oneof(fc.array(number), fc.jsonValue()) }),
  fc.record(
    {
      action: fc.constant('invoke'),
      kind: fc.constantFrom('edited', 'written', 5),
      of: number,
      format: fc.constantFrom('plain', 'dynamodb', null),
      eventName: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE', '__proto__', 1),
      newImage: image,
      oldImage: image,
    },
    { requiredKeys: ['action'] },
  ),
);

test.each([undefined, 'email,lines.email,id'])(
  'whatever is sent, a rerun begins or is refused with a reason (--mask %s)',
  async (mask) => {
    const recorder = new Recorder({ mask: maskOf(mask), failuresOf: () => [] });
    recorder.follow({
      on: (event: string, listener: (fields: object) => void) =>
        void (event === 'read' && listener({ shardId: 's', records: RECORDS })),
    } as never);
    const actions = rerunActions({
      recorder,
      invoke: async () => SUCCESS,
      keyNames: ['id'],
      mask: maskOf(mask),
      streamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/T/stream/2026-01-01T00:00:00.000',
      hasWindows: false,
    });
    let begun = 0;
    await fc.assert(
      fc.asyncProperty(request, async ({ action, ...input }) => {
        try {
          await actions[action]?.(input);
          begun++;
        } catch (error) {
          expect(error).toBeInstanceOf(RequestRefusedError);
        }
      }),
      { numRuns: 2000 },
    );
    expect(begun).toBeGreaterThan(10);
    expect(() => JSON.stringify(recorder.after(0, Number.POSITIVE_INFINITY))).not.toThrow();
  },
);
