/** A message, an object or the change of an item that a server of topics, queues, buckets and tables has accepted. */
export interface AcceptedMessage {
  readonly service: 'sns' | 'sqs' | 's3' | 'dynamodb';
  /** Of the topic, the queue, the bucket or the table. */
  readonly name: string;
  /** The message id, the key of the object, or the event id of the change. */
  readonly id: string;
  /** Of a FIFO topic or queue. */
  readonly groupId: string | undefined;
  readonly body: string;
  /** The message attribute of this name, with the context of the sender's span. */
  readonly traceparent?: string;
}

/** One answered request, in the protocols of AWS, which all clients speak. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** `X-Amz-Target`, by which SQS knows the action. */
  readonly target: unknown;
  /** The members of JSON for SQS, those of a form for SNS, and bytes for S3. */
  readonly body: unknown;
  readonly statusCode: number;
  readonly answer: unknown;
}

/** Reads which messages a server has accepted by answering a request. */
export function acceptedBy(exchange: Exchange): readonly AcceptedMessage[] {
  if (exchange.statusCode !== 200) return [];
  if (exchange.method === 'PUT') return objectOf(exchange);
  const { target, answer } = exchange;
  const body = (exchange.body ?? {}) as Members;
  if (typeof answer !== 'string') return [];
  switch (target ?? body.Action) {
    case 'AmazonSQS.SendMessage':
      return [queueMessage(body.QueueUrl, body, JSON.parse(answer))];
    case 'AmazonSQS.SendMessageBatch':
      return queueMessages(body, JSON.parse(answer));
    case 'Publish':
      return [topicMessage(body, '', /<MessageId>([^<]*)/.exec(answer)?.[1])];
    case 'PublishBatch':
      return topicMessages(body, answer);
    default:
      return [];
  }
}

type Members = Readonly<Record<string, unknown>>;

type Attributes = Readonly<Record<string, { readonly StringValue?: unknown }>>;

function queueMessage(url: unknown, message: Members, { MessageId }: Members): AcceptedMessage {
  return {
    service: 'sqs',
    name: lastPart(url, '/'),
    id: `${MessageId}`,
    groupId: textOf(message.MessageGroupId),
    body: `${message.MessageBody}`,
    ...tracedBy((message.MessageAttributes as Attributes | undefined)?.traceparent?.StringValue),
  };
}

function queueMessages(
  { QueueUrl, Entries }: Members,
  { Successful }: { readonly Successful: readonly Members[] },
): readonly AcceptedMessage[] {
  const entries = new Map((Entries as readonly Members[]).map((entry) => [entry.Id, entry]));
  return Successful.map((accepted) => queueMessage(QueueUrl, entries.get(accepted.Id) as Members, accepted));
}

/** @param prefix of the names of its members: those of a batch are `PublishBatchRequestEntries.member.1.Message` and so on */
function topicMessage(form: Members, prefix: string, id: string | undefined): AcceptedMessage {
  return {
    service: 'sns',
    name: lastPart(form.TopicArn ?? form.TargetArn, ':'),
    id: `${id}`,
    groupId: textOf(form[`${prefix}MessageGroupId`]),
    body: `${form[`${prefix}Message`]}`,
    ...tracedBy(topicAttribute(form, prefix, 'traceparent')),
  };
}

/** An attribute of a message of a topic: `MessageAttributes.entry.1.Name` has its name. */
function topicAttribute(form: Members, prefix: string, name: string): unknown {
  for (let entry = 1; ; entry++) {
    const attribute = `${prefix}MessageAttributes.entry.${entry}`;
    const found = form[`${attribute}.Name`];
    if (found === undefined) return undefined;
    if (found === name) return form[`${attribute}.Value.StringValue`];
  }
}

function tracedBy(traceparent: unknown): { readonly traceparent?: string } {
  return typeof traceparent === 'string' ? { traceparent } : {};
}

function topicMessages(form: Members, answer: string): readonly AcceptedMessage[] {
  // Ids of entries and messages need no escapes in XML.
  const accepted = answer.matchAll(/<Id>([^<]*)<\/Id>\s*<MessageId>([^<]*)/g);
  const idOf = new Map([...accepted].map(([, entry, id]) => [entry, id]));
  return Object.keys(form)
    .filter((name) => /^PublishBatchRequestEntries\.member\.\d+\.Id$/.test(name))
    .flatMap((name) => {
      const id = idOf.get(`${form[name]}`);
      return id === undefined ? [] : [topicMessage(form, name.slice(0, -'Id'.length), id)];
    });
}

/** An object that is put whole. Parts of uploads, and the settings of a bucket or an object, have a query. */
function objectOf({ url, body }: Exchange): readonly AcceptedMessage[] {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [, bucket = '', ...key] = pathname.split('/').map(decodeURIComponent);
  const isWhole = [...searchParams.keys()].every((name) => name === 'x-id');
  if (!isWhole || key.join('') === '') return [];
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : '';
  return [{ service: 's3', name: bucket, id: key.join('/'), groupId: undefined, body: text }];
}

function lastPart(text: unknown, separator: string): string {
  return `${text}`.split(separator).at(-1) as string;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
