import { expect, test } from 'vitest';
import { examiner } from '../examine.ts';

const examine = examiner();
const HOUR = 3_600_000;

test.each([
  [1, 43_200, 'warning', 'The first records are discarded in 11 h 0 min.'],
  [11, 43_200, 'error', 'The first records are discarded in 1 h 0 min.'],
  [13, 43_200, 'error', 'Records are discarded now.'],
  [11, -1, 'warning', 'The first records leave the stream and are lost in 13 h 0 min.'],
  [11, 604_800, 'warning', 'The first records leave the stream and are lost in 13 h 0 min.'],
  [23, -1, 'error', 'The first records leave the stream and are lost in 1 h 0 min.'],
  [25, -1, 'error', 'Records leave the stream and are lost now.'],
])('a lag of %d hours where records may be %d seconds old', async (hours, age, severity, why) => {
  const { findings } = await examine({
    change({ mappings: [mapping], metrics }) {
      Object.assign(mapping as object, { MaximumRecordAgeInSeconds: age });
      metrics.IteratorAge = [hours * HOUR];
    },
  });
  expect(findings.find(({ code }) => code === 'LAG_HIGH')).toMatchObject({ severity, why });
});

test('of several mappings the shortest age counts', async () => {
  const { findings } = await examine({
    change({ mappings, metrics }) {
      const [mapping] = mappings;
      mappings.push({ ...mapping, UUID: 'b2', MaximumRecordAgeInSeconds: 7200 });
      metrics.IteratorAge = [HOUR];
    },
  });
  expect(findings.find(({ code }) => code === 'LAG_HIGH')?.why).toBe(
    'The first records are discarded in 1 h 0 min.',
  );
});
