import type { DynamoDBClient, AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { importPeer } from '../aws-clients/import-peer.ts';
import type { SdkClient } from '../aws-clients/sdk-client.ts';
import { tableNameOf } from '../record/stream-arn.ts';
import { sentImage } from '../stream/records/server-record.ts';
import { wireMember } from '../stream/records/wire-member.ts';
import { isSameImage } from './same-image.ts';

export interface TableReaderOptions {
  /** One is made for each region when undefined. */
  readonly client: SdkClient | undefined;
  readonly clientOptions: { readonly region?: string };
}

type Image = Readonly<Record<string, AttributeValue>>;

/** Reads items as they are now: each once, however many records are about it. */
export class TableReader {
  readonly #options: TableReaderOptions;
  readonly #sdk: typeof import('@aws-sdk/client-dynamodb');
  readonly #clients: Map<string, DynamoDBClient> = new Map();
  readonly #items: Map<string, Promise<Image | undefined>> = new Map();

  private constructor(options: TableReaderOptions, sdk: typeof import('@aws-sdk/client-dynamodb')) {
    this.#options = options;
    this.#sdk = sdk;
  }

  /** @throws ConfigurationError `MISSING_PEER` */
  static async open(options: TableReaderOptions): Promise<TableReader> {
    const sdk = await importPeer(
      '@aws-sdk/client-dynamodb',
      'replay with newestOnly',
      () => import('@aws-sdk/client-dynamodb'),
    );
    return new TableReader(options, sdk);
  }

  /**
   * Returns true if the table has a newer image of the record's item.
   *
   * @param item the item key in one form, whatever the order of its attributes
   * @throws what the SDK throws when the item cannot be read
   */
  async hasNewer(record: DynamoDBRecord, item: string): Promise<boolean> {
    const key = `${record.eventSourceARN} ${item}`;
    let reading = this.#items.get(key);
    if (reading === undefined) {
      reading = this.#read(record);
      this.#items.set(key, reading);
    }
    const current = await reading;
    if (record.eventName === 'REMOVE') return current !== undefined;
    const image = record.dynamodb?.NewImage;
    // Some tools write null for an image that the record does not have.
    return current === undefined || (image ? !isSameImage(current, image) : false);
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
  }

  async #read({ eventSourceARN = '', dynamodb }: DynamoDBRecord): Promise<Image | undefined> {
    const command = new this.#sdk.GetItemCommand({
      TableName: tableNameOf(eventSourceARN),
      Key: sdkKey(dynamodb?.Keys as Image),
      ConsistentRead: true,
    });
    const wire = wireMember(command, 'Item');
    const { Item } = await this.#clientOf(eventSourceARN).send(command);
    const sent = wire() as Image | undefined;
    return sent ?? (Item && sentImage(Item as Parameters<typeof sentImage>[0]));
  }

  #clientOf(eventSourceARN: string): DynamoDBClient {
    const { client, clientOptions } = this.#options;
    if (client !== undefined) return client as DynamoDBClient;
    const region = clientOptions.region ?? eventSourceARN.split(':')[3] ?? '';
    const made = this.#clients.get(region) ?? new this.#sdk.DynamoDBClient({ ...clientOptions, region });
    this.#clients.set(region, made);
    return made;
  }
}

/** A key as the SDK takes it: bytes in place of base64. */
function sdkKey(keys: Image): Record<string, SdkValue> {
  return Object.fromEntries(
    Object.entries(keys).map(([name, value]): [string, SdkValue] => [
      name,
      typeof value?.B === 'string' ? { B: Buffer.from(value.B, 'base64') } : (value as SdkValue),
    ]),
  );
}
