import { expect, test } from 'vitest';
import { RedeliveryMemories } from '../../src/batch/redelivery-memories.ts';

test('a handler finds its own memory again, another handler another one', () => {
  const memories = new RedeliveryMemories();
  const [handler, other] = [() => {}, () => {}];
  expect(memories.of(handler)).toBe(memories.of(handler));
  expect(memories.of(handler)).not.toBe(memories.of(other));
});
