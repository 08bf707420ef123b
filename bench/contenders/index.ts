import type { Contender } from './contender.ts';

type Load = () => Promise<Contender>;

/**
 * Everyone, streamlane first. Each is loaded only where it takes part: a process that is measured contains
 * what a user of that contender has, and no more.
 */
const CONTENDERS: Readonly<Record<string, Load>> = {
  streamlane: async () => (await import('./streamlane.ts')).streamlane,
  'loop + util-dynamodb': async () => (await import('./plain-loop.ts')).plainLoop,
  'Powertools parallel + unmarshall': async () => (await import('./powertools.ts')).powertoolsParallel,
  'Powertools sequential + unmarshall': async () => (await import('./powertools.ts')).powertoolsSequential,
  'Powertools parallel + parser': async () => (await import('./powertools-parser.ts')).powertoolsParser,
  'Middy + event-normalizer': async () => (await import('./middy.ts')).middyNormalizer,
  'aws-lambda-stream': async () => (await import('./aws-lambda-stream.ts')).awsLambdaStream,
  'dynamodb-streams-processor': async () =>
    (await import('./dynamodb-streams-processor.ts')).dynamodbStreamsProcessor,
};

/** The loop many people write; it takes part where memory is measured. */
export const UNMARSHALL_FIRST = 'unmarshall everything, then loop';

export const CONTENDER_NAMES: readonly string[] = Object.keys(CONTENDERS);

/** @throws RangeError when there is none; whatever its packages throw when they cannot be loaded */
export async function loadContender(name: string): Promise<Contender> {
  if (name === UNMARSHALL_FIRST) return (await import('./unmarshall-first.ts')).unmarshallFirst;
  const load = CONTENDERS[name];
  if (load === undefined) throw new RangeError(`There is no contender ${name}`);
  return load();
}
