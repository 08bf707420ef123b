// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import { randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ConfigurationError } from '../errors.ts';
import type { Check } from '../options/check.ts';
import { type EnvironmentVariable, readEnv, TEXT_OR_ENV } from '../options/env.ts';
import { isProof } from './batcher/batch-results.ts';
import { batchedSink } from './batcher/batched-sink.ts';
import { type AwsSinkOptions, checkAwsSinkOptions, clientOf } from './batcher/client.ts';
import type { Payload, Refusal } from './batcher/entry.ts';
import { invalid } from './batcher/sink-errors.ts';
import { digest } from './message/item-identity.ts';
import { jsonText, messageContent, messageText } from './message/message-text.ts';
import { checkTexts } from './message/wrong-message.ts';
import type { SendOptions, Sink, SinkRecord } from './sink.ts';
import { type TargetKind, targetCheck } from './sink-target.ts';

/** Options of {@link bucketWriter}. */
export interface BucketWriterOptions extends AwsSinkOptions<S3Client> {
  /** The bucket's name, or the ARN of an access point. */
  readonly bucket: string | EnvironmentVariable;
  /** The prefix of all object keys, as in `invoices/`. @defaultValue none */
  readonly prefix?: string | EnvironmentVariable;
  /**
   * The content of an object. `'object'`: one message. `'ndjson'`: all messages that are sent at the same time, one per
   * line, so that there are fewer objects.
   *
   * @defaultValue `'object'`
   */
  readonly format?: 'object' | 'ndjson';
}

/** The second argument of a bucket writer's `send`. Not for `'ndjson'`, where messages share an object. */
export type ObjectOptions = SendOptions & ObjectSettings;

/** Settings of one object, besides its record. */
export interface ObjectSettings {
  /** The object's key, after the prefix. @defaultValue table, sequence number and hash of the content */
  readonly key?: string;
  /** @defaultValue `application/json`; for text `text/plain; charset=utf-8`, for bytes `application/octet-stream` */
  readonly contentType?: string;
}

/** An S3 bucket as a sink. */
export type BucketWriter = Sink<ObjectOptions>;

interface ObjectPart extends Payload {
  readonly prefix: string;
  readonly record: SinkRecord | undefined;
  readonly key: string | undefined;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

const BUCKET: TargetKind = {
  noun: 'bucket',
  within: 'the objects of ',
  action: 's3:PutObject',
  expected: 'the name of a bucket, such as invoice-archive, or the ARN of an access point',
  accepts: (text) => isBucketName(text) || ACCESS_POINT.test(text),
};

const ACCESS_POINT =
  /^arn:aws[\w-]*:s3(-outposts|-object-lambda)?:[\w-]*:\d{12}:(accesspoint|outpost)[/:][\w./:-]+$/;

/** Buckets of before 2018 may have up to 255 characters, capitals and underscores. */
function isBucketName(text: string): boolean {
  return /^[\w.-]{3,255}$/.test(text) && !/\.\.|^(\d+\.){3}\d+$/.test(text);
}

const FORMAT: Check = {
  expected: "'object' or 'ndjson'",
  accepts: (value) => value === 'object' || value === 'ndjson',
};
const PREFIX: Check = {
  expected: TEXT_OR_ENV.expected,
  accepts: (value) => value === '' || TEXT_OR_ENV.accepts(value),
};

/** The largest object that one PutObject can write. */
const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
const MAX_KEY_BYTES = 1024;

/**
 * An S3 bucket. A message becomes an object: JSON, text, or bytes.
 *
 * Its key is made of the table's name, the sequence number and a hash of the content, so that redelivery writes the same
 * object again, and the keys of one shard sort as its changes happened.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const archive = bucketWriter({ bucket: 'invoice-archive', prefix: 'deleted/' });
 *
 * export const handler = streamRouter<Invoice>()
 *   .onRemove(async (record) => { await archive.send(record.oldImage, { record }); });
 * ```
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export function bucketWriter(options: BucketWriterOptions): BucketWriter {
  checkAwsSinkOptions(
    'bucketWriter',
    options,
    { bucket: targetCheck(BUCKET) },
    { prefix: PREFIX, format: FORMAT },
  );
  const lines = options.format === 'ndjson';
  const partOf = lines ? lineOf : objectOf;
  const client = clientOf(options, (settings) => new S3Client(settings));
  return batchedSink<ObjectPart, ObjectOptions>(options, {
    named: ['bucketWriter', 'bucket'],
    target: options.bucket,
    kind: BUCKET,
    prefix: options.prefix ?? '',
    maxEntries: lines ? 1000 : 1,
    maxBytes: lines ? MAX_LINES_BYTES : MAX_OBJECT_BYTES,
    maxEntryBytes: MAX_OBJECT_BYTES,
    payloadOf(target, message, objectOptions) {
      const prefix = readEnv('bucketWriter', 'prefix', options.prefix ?? '');
      return partOf(target, prefix, message, objectOptions);
    },
    async request(parts, { target, signal }) {
      const [first] = parts as readonly [ObjectPart];
      const Body = lines ? parts.map(({ body }) => `${body}\n`).join('') : first.body;
      const Key = first.key ?? `${first.prefix}${keyOf(first.record, Body)}.ndjson`;
      const { ETag } = await client().send(
        new PutObjectCommand({ Bucket: target, Key, Body, ContentType: first.contentType }),
        { abortSignal: signal },
      );
      // S3 names the object that it has stored: without that, something else has answered.
      return isProof(ETag) ? [] : parts.map(() => NO_RESULT);
    },
  });
}

const NO_RESULT: Refusal = { code: 'an answer without ETag', fault: 'passing' };

/** Enough for few objects, and little enough to be sent again. */
const MAX_LINES_BYTES = 5 * 1024 ** 2;

function bytesOf(body: string | Uint8Array): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
}

function lineOf(
  target: string,
  prefix: string,
  message: unknown,
  { record, key, contentType }: ObjectOptions,
): ObjectPart {
  if (key !== undefined || contentType !== undefined) {
    throw new ConfigurationError(
      'INVALID_OPTION',
      `key and contentType are for objects, not for lines of ndjson (${target}). Leave them out, or use format: 'object'.`,
      { owner: 'bucketWriter' },
    );
  }
  const body = jsonText(message);
  return {
    bytes: Buffer.byteLength(body) + 1,
    record,
    prefix,
    key,
    contentType: 'application/x-ndjson',
    body,
  };
}

function objectOf(target: string, prefix: string, message: unknown, options: ObjectOptions): ObjectPart {
  checkTexts(options, ['key', 'contentType']);
  const body = message instanceof Uint8Array ? message : messageText(target, message);
  const { extension, type } = kindOf(message);
  const { record, contentType = type } = options;
  const content = message instanceof Uint8Array ? message : messageContent(message, record);
  const name = options.key ?? `${keyOf(record, content)}${extension}`;
  const key = `${prefix}${name}`;
  const keyBytes = Buffer.byteLength(key);
  if (name === '' || keyBytes > MAX_KEY_BYTES) {
    throw invalid(target, `an object's key has 1 to ${MAX_KEY_BYTES} bytes, got ${keyBytes}`);
  }
  // Two writes of one object happen one after the other, so that the later one stays.
  return { bytes: bytesOf(body), orderKey: key, record, prefix, key, contentType, body };
}

interface ContentKind {
  readonly extension: string;
  readonly type: string;
}

function kindOf(message: unknown): ContentKind {
  if (message instanceof Uint8Array) return { extension: '.bin', type: 'application/octet-stream' };
  if (typeof message === 'string') return { extension: '.txt', type: 'text/plain; charset=utf-8' };
  return { extension: '.json', type: 'application/json' };
}

/** SequenceNumbers have up to 40 digits, and S3 lists keys as text. */
const SEQUENCE_DIGITS = 40;

function keyOf(record: SinkRecord | undefined, content: string | Uint8Array): string {
  if (record === undefined) return `${new Date().toISOString()}-${randomUUID()}`;
  const { tableName, sequenceNumber } = record;
  return `${tableName}/${sequenceNumber.padStart(SEQUENCE_DIGITS, '0')}-${digest(content).slice(0, 16)}`;
}
