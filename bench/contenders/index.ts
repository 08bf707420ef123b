import { awsLambdaStream } from './aws-lambda-stream.ts';
import type { Contender } from './contender.ts';
import { dynamodbStreamsProcessor } from './dynamodb-streams-processor.ts';
import { middyNormalizer } from './middy.ts';
import { plainLoop } from './plain-loop.ts';
import { powertoolsParallel, powertoolsSequential } from './powertools.ts';
import { powertoolsParser } from './powertools-parser.ts';
import { streamlane } from './streamlane.ts';

/** Everyone, streamlane first. */
export const CONTENDERS: readonly Contender[] = [
  streamlane,
  plainLoop,
  powertoolsParallel,
  powertoolsSequential,
  powertoolsParser,
  middyNormalizer,
  awsLambdaStream,
  dynamodbStreamsProcessor,
];

/** @throws RangeError when there is none */
export function contenderNamed(name: string): Contender {
  const contender = CONTENDERS.find((contender) => contender.name === name);
  if (contender === undefined) throw new RangeError(`There is no contender ${name}`);
  return contender;
}
