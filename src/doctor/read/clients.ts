import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { importPeer } from '../../aws-clients/import-peer.ts';
import { NO_SDK_LOG, OwnClients } from '../../aws-clients/own-clients.ts';

/** Settings of every client. The SDK finds missing settings in the environment. */
export interface ClientSettings {
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly credentials?: object;
}

/** A client and the module that has its commands. */
interface Service<Client, Module> {
  readonly client: Client;
  readonly module: Module;
}

const FOR = 'This check';

/**
 * The clients of AWS that the reading needs, each loaded when it is needed first. One that is not installed makes its part of the state
 * unread, and no other.
 */
export class Clients {
  readonly #settings: ClientSettings;
  readonly #own: OwnClients = new OwnClients();
  readonly #made: Map<string, Promise<unknown>> = new Map();

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  lambda(): Promise<Service<LambdaClient, typeof import('@aws-sdk/client-lambda')>> {
    return this.#service('client-lambda', undefined, () => import('@aws-sdk/client-lambda'), 'LambdaClient');
  }

  iam(): Promise<Service<IAMClient, typeof import('@aws-sdk/client-iam')>> {
    return this.#service('client-iam', undefined, () => import('@aws-sdk/client-iam'), 'IAMClient');
  }

  cloudWatch(): Promise<Service<CloudWatchClient, typeof import('@aws-sdk/client-cloudwatch')>> {
    return this.#service(
      'client-cloudwatch',
      undefined,
      () => import('@aws-sdk/client-cloudwatch'),
      'CloudWatchClient',
    );
  }

  dynamodb(region: string): Promise<Service<DynamoDBClient, typeof import('@aws-sdk/client-dynamodb')>> {
    return this.#service(
      'client-dynamodb',
      region,
      () => import('@aws-sdk/client-dynamodb'),
      'DynamoDBClient',
    );
  }

  streams(
    region: string,
  ): Promise<Service<DynamoDBStreamsClient, typeof import('@aws-sdk/client-dynamodb-streams')>> {
    return this.#service(
      'client-dynamodb-streams',
      region,
      () => import('@aws-sdk/client-dynamodb-streams'),
      'DynamoDBStreamsClient',
    );
  }

  sqs(region: string): Promise<Service<SQSClient, typeof import('@aws-sdk/client-sqs')>> {
    return this.#service('client-sqs', region, () => import('@aws-sdk/client-sqs'), 'SQSClient');
  }

  sns(region: string): Promise<Service<SNSClient, typeof import('@aws-sdk/client-sns')>> {
    return this.#service('client-sns', region, () => import('@aws-sdk/client-sns'), 'SNSClient');
  }

  s3(): Promise<Service<S3Client, typeof import('@aws-sdk/client-s3')>> {
    return this.#service('client-s3', undefined, () => import('@aws-sdk/client-s3'), 'S3Client');
  }

  destroy(): void {
    this.#own.destroy();
  }

  /** @throws ConfigurationError `MISSING_PEER` */
  #service<Client, Module extends object>(
    name: string,
    region: string | undefined,
    load: () => Promise<Module>,
    className: keyof Module,
  ): Promise<Service<Client, Module>> {
    const key = `${name} ${region}`;
    let service = this.#made.get(key);
    if (service === undefined) {
      service = this.#make(`@aws-sdk/${name}`, region, load, className);
      this.#made.set(key, service);
    }
    return service as Promise<Service<Client, Module>>;
  }

  async #make<Module extends object>(
    name: string,
    region: string | undefined,
    load: () => Promise<Module>,
    className: keyof Module,
  ): Promise<Service<unknown, Module>> {
    const module = await importPeer(name, FOR, load);
    const Client = module[className] as new (settings: object) => { destroy(): void };
    const { endpoint } = this.#settings;
    const client = new Client({
      logger: NO_SDK_LOG,
      requestHandler: { connectionTimeout: 5000, requestTimeout: 30_000 },
      // A throttle passes. Twice as many attempts as the SDK makes by itself.
      maxAttempts: 6,
      ...this.#settings,
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { useQueueUrlAsEndpoint: false, forcePathStyle: true }),
    });
    return { client: this.#own.keep(client), module };
  }
}
