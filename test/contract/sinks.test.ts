import { afterAll, beforeAll, beforeEach } from 'vitest';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { FAKE_HARNESSES, type FakeHarness } from '../sinks/fake-harnesses.ts';
import { failureContract, sinkContract } from '../sinks/sink-contract.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

for (const [name, traits, make] of FAKE_HARNESSES) {
  const harnessOf = (): FakeHarness => make(fake);
  sinkContract(`${name}, on the fake`, traits, harnessOf);
  failureContract(name, traits, harnessOf);
}
