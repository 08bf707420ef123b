import { expect, test } from 'vitest';
import { examiner, told, unknown } from '../examine.ts';

const examine = examiner();

test.each([
  ['nodejs24.x', ['warning MEMORY_TOO_SMALL'], undefined],
  ['python3.14', [], 'how much memory a batch needs on python3.14 is not known here'],
  [undefined, [], 'how much memory a batch needs in a container image is not known here'],
])('128 MB are too few on Node.js, and of %s nothing is known', async (runtime, findings, reason) => {
  const diagnosis = await examine({
    change: ({ functions }) =>
      Object.assign(functions['on-invoice']?.configuration as object, { Runtime: runtime, MemorySize: 128 }),
  });
  expect(told(diagnosis)).toEqual(findings);
  const reasons = unknown(diagnosis).filter((one) => one.startsWith('MEMORY_TOO_SMALL: '));
  expect(reasons).toEqual(reason === undefined ? [] : [`MEMORY_TOO_SMALL: ${reason}`]);
});
