import { expect, test } from 'vitest';
import { FailureGroups } from '../../../src/console/state/failure-groups.ts';
import { failureJson } from '../../../src/console/state/failure-json.ts';
import { shown } from './events.ts';

const failure = (message: string) => ({
  eventID: 'e1',
  eventName: 'INSERT',
  deadLettered: false,
  message,
  at: 'a.ts:1',
  stack: 'stack',
});

test('failures with one message at one place are a group, and the newest group is the first', () => {
  const groups = new FailureGroups();
  groups.add(failure('a'), { time: '1', number: 1 });
  groups.add(failure('b'), { time: '2', number: undefined });
  groups.add(failure('a'), { time: '3', number: 2 });
  groups.add(failure('a'), { time: '4', number: 1 });
  expect(groups.list).toMatchObject([
    { id: 1, first: '1', last: '4', count: 3, numbers: [2, 1], failure: { message: 'a' } },
    { id: 2, first: '2', last: '2', count: 1, numbers: [] },
  ]);
});

test('memory is bounded: old groups, and old records of a group, are dropped', () => {
  const groups = new FailureGroups();
  for (let number = 1; number <= 600; number++) groups.add(failure(`${number}`), { time: '', number });
  for (let number = 1; number <= 200; number++) groups.add(failure('600'), { time: '', number });
  expect(groups.list).toHaveLength(500);
  expect(groups.list.at(-1)?.failure.message).toBe('101');
  expect(groups.list[0]?.numbers).toHaveLength(100);
  expect(groups.list[0]?.numbers.at(-1)).toBe(200);
});

test('a failure as JSON has its record in the shape of Lambda, if it is known', () => {
  const groups = new FailureGroups();
  groups.add(failure('a'), { time: '1', number: 1 });
  const [group] = groups.list;
  const change = { record: shown(1), shardId: 's', time: '1', status: 'failed', attempts: 1 } as const;
  expect(JSON.parse(failureJson(group as never, change))).toMatchObject({
    message: 'a',
    count: 1,
    record: {
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      dynamodb: { NewImage: { status: { S: 'OPEN' } } },
    },
  });
  expect(JSON.parse(failureJson(group as never, undefined))).not.toHaveProperty('record');
});
