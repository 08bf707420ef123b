import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBinary } from '../../src/unmarshall/binary.ts';

test('any bytes come back from base64, in a buffer that holds nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      const decoded = decodeBinary(Buffer.from(bytes).toString('base64'));
      expect(Buffer.compare(decoded, bytes)).toBe(0);
      expect(decoded.constructor).toBe(Uint8Array);
      expect(decoded.buffer.byteLength).toBe(bytes.length);
    }),
  );
});

test.each(['A', 'AQ', 'AQI', 'A===', '====', 'AQ==AQ==', 'AQ=I', 'AQ I', '!!!!', 'AQIDBA\n==', 'ä'])(
  'text that is not base64 throws rather than losing bytes: %j',
  (text) => {
    expect(() => decodeBinary(text)).toThrow(TypeError);
  },
);
