import type { DynamoDBRecord } from 'aws-lambda';
import type { Decision, InvocationResult } from '../../../src/delivery/deliver-batch.ts';
import { deliveryInWords, inWords } from '../model/delivery-reference.ts';
import type { World } from '../world/world.ts';

/** Hands on what the engine decides about a batch, and compares each decision with what AWS documents. */
export function* comparedDelivery(
  { history, scenario }: World,
  shardId: string,
  records: readonly DynamoDBRecord[],
  decisions: Generator<Decision, void, InvocationResult | undefined>,
): Generator<Decision, void, InvocationResult | undefined> {
  let runs = 0;
  const seen: string[] = [];
  /** Each run has a request id of its own, in the order in which they begin. */
  const runOf = (requestId: string): number => {
    if (!seen.includes(requestId)) seen.push(requestId);
    return seen.indexOf(requestId) + 1;
  };
  const reference = deliveryInWords(records, { plan: scenario.mapping, shardId }, () => ++runs);
  let result: InvocationResult | undefined;
  for (;;) {
    const { value: decision, done } = decisions.next(result);
    const { value: expected = 'nothing more' } = reference.next(result);
    const decided = done ? 'nothing more' : inWords(decision, runOf);
    if (decided !== expected) {
      history.violate('engine', `the mapping decides '${decided}', and AWS documents '${expected}'`);
      return;
    }
    if (done) return;
    result = yield decision;
  }
}
