import { afterEach, expect, test } from 'vitest';
import { startEventSourceMapping } from '../../src/local/index.ts';
import { eventually } from '../fixtures/eventually.ts';
import { FAKE_STREAM, FakeStreams } from '../fixtures/fake-streams.ts';

let fake: FakeStreams;
afterEach(() => fake.stop());

const options = () => ({
  endpoint: fake.endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  streamArn: FAKE_STREAM,
  startingPosition: 'TRIM_HORIZON' as const,
  pollIntervalMs: 5,
  handler: () => {},
  logger: false as const,
});

test('mappings that have stopped leave no socket open', async () => {
  fake = await FakeStreams.start();
  fake.addShard('s');
  for (let index = 0; index < 10; index++) {
    const mapping = await startEventSourceMapping(options());
    await mapping.caughtUp();
    await mapping.stop();
  }
  await eventually(async () => expect(await fake.connections()).toBe(0));
});

test('a mapping that cannot start leaves no socket open', async () => {
  fake = await FakeStreams.start();
  fake.deleted = true;
  await expect(startEventSourceMapping(options())).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
  await eventually(async () => expect(await fake.connections()).toBe(0));
});

test('a client of the caller stays open', async () => {
  fake = await FakeStreams.start();
  fake.addShard('s');
  const client = fake.client();
  const { endpoint: _, region: _region, credentials: _credentials, ...rest } = options();
  const mapping = await startEventSourceMapping({ ...rest, client });
  await mapping.caughtUp();
  await mapping.stop();
  expect(await fake.connections()).toBeGreaterThan(0);
  client.destroy();
});
