import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { snsTopic } from '../library.ts';
import { startEmulators } from './start-emulators.ts';

/** A topic and the requests that publishing to it took. */
export interface CountedTopic {
  publish(message: string): Promise<void>;
  /** Requests sent so far. */
  requests(): number;
}

/** Creates a standard topic, to be published to by the sink or message by message. */
export async function countedTopic(how: 'batched' | 'single'): Promise<CountedTopic> {
  await startEmulators();
  // The sockets that many requests at once need; the same for both.
  const client = new SNSClient({
    requestHandler: { httpsAgent: { maxSockets: 100 }, httpAgent: { maxSockets: 100 } },
  });
  const { TopicArn: topicArn = '' } = await client.send(new CreateTopicCommand({ Name: `bench-${how}` }));
  let requests = 0;
  client.middlewareStack.add(
    (next) => (input) => {
      requests++;
      return next(input);
    },
    { step: 'finalizeRequest' },
  );
  const topic = snsTopic({ topicArn, client });
  return {
    publish: async (message) => {
      if (how === 'batched') await topic.publish(message, { detached: true });
      else await client.send(new PublishCommand({ TopicArn: topicArn, Message: message }));
    },
    requests: () => requests,
  };
}
