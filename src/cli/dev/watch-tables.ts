import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { AcceptedMessage } from '../../emulators/accepted-messages.ts';
import type { OnAccepted } from '../../emulators/fauxqs.ts';
import { sortedDeep } from '../../item/sorted-entries.ts';
import { startEventSourceMapping } from '../../local/start-event-source-mapping.ts';
import { silentLogger } from '../../logger.ts';
import type { AttributeMap } from '../../unmarshall/attribute-value.ts';
import { unmarshall } from '../../unmarshall/unmarshall.ts';
import { streamsClient } from '../servers/clients.ts';
import type { Connection } from '../servers/connection.ts';
import { exactNumber } from '../terminal/exact-numbers.ts';
import { ensureTable } from './ensure-table.ts';

/**
 * Reads the streams of tables that a handler writes to, until it is disposed of. The server of tables does not tell what it accepts, as
 * that of topics and queues does.
 *
 * @param onChanges gets the changes as messages
 */
export async function watchTables(
  names: readonly string[],
  { dynamodb, streams }: Pick<Connection, 'dynamodb' | 'streams'>,
  onChanges: OnAccepted,
): Promise<AsyncDisposable> {
  const client = await streamsClient(streams);
  const mappings = await Promise.all(
    names.map(async (name) => {
      const { streamArn } = await ensureTable(name, undefined, dynamodb, silentLogger);
      return startEventSourceMapping({
        client,
        streamArn,
        startingPosition: 'TRIM_HORIZON',
        // A record that cannot be read is not counted.
        maximumRetryAttempts: 0,
        handler: async ({ Records }: DynamoDBStreamEvent) =>
          onChanges(Records.map((record) => messageOf(name, record))),
        logger: false,
      });
    }),
  );
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      client.destroy();
    },
  };
}

function messageOf(name: string, { eventName, eventID, dynamodb = {} }: DynamoDBRecord): AcceptedMessage {
  const item = unmarshall((dynamodb.NewImage ?? dynamodb.Keys) as AttributeMap, exactNumber);
  return {
    service: 'dynamodb',
    name,
    id: `${eventID}`,
    groupId: undefined,
    // A server gives the attributes in any order.
    body: `${eventName} ${JSON.stringify(sortedDeep(item))}`,
  };
}
