import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ANSWERS, type Input, Refusal } from './answers.ts';
import { checkShape, type Operation, operationsOf, written } from './models.ts';
import type { World } from './world.ts';

/** A service, by what its requests are recognized by. */
interface Service {
  readonly client: string;
  readonly protocol: 'json' | 'query' | 'rest' | 's3';
  /** In `X-Amz-Target`. */
  readonly target?: string;
}

const SERVICES: Readonly<Record<string, Service>> = {
  lambda: { client: '@aws-sdk/client-lambda', protocol: 'rest' },
  dynamodb: { client: '@aws-sdk/client-dynamodb', protocol: 'json', target: 'DynamoDB_20120810' },
  streams: {
    client: '@aws-sdk/client-dynamodb-streams',
    protocol: 'json',
    target: 'DynamoDBStreams_20120810',
  },
  sqs: { client: '@aws-sdk/client-sqs', protocol: 'json', target: 'AmazonSQS' },
  cloudWatch: {
    client: '@aws-sdk/client-cloudwatch',
    protocol: 'json',
    target: 'GraniteServiceVersion20100801',
  },
  iam: { client: '@aws-sdk/client-iam', protocol: 'query' },
  sns: { client: '@aws-sdk/client-sns', protocol: 'query' },
  s3: { client: '@aws-sdk/client-s3', protocol: 's3' },
};

const OPERATIONS: Readonly<Record<string, ReadonlyMap<string, Operation>>> = Object.fromEntries(
  Object.entries(SERVICES).map(([name, { client }]) => [name, operationsOf(client)]),
);

/** How a call fails. */
export interface Fault {
  readonly status: number;
  readonly code: string;
  /** Then it answers. Undefined: it always fails. */
  readonly times?: number;
  /** Only such calls. Undefined: all. */
  readonly when?: (input: Input) => boolean;
}

/** A server that speaks the API of AWS for all services that `streamlane doctor` asks. */
export interface FakeAws extends AsyncDisposable {
  readonly endpoint: string;
  /** Change it between calls. */
  world: World;
  /** By the name of the operation. */
  readonly faults: Map<string, Fault>;
  /** Answers instead of those of the world, by the name of the operation. */
  readonly answers: Map<string, object>;
  /** The operations that were called. */
  readonly calls: string[];
  /** Answers that the SDK's models do not allow, and calls that nothing answers. */
  readonly problems: string[];
}

export async function fakeAws(world: World): Promise<FakeAws> {
  const fake = {
    world,
    faults: new Map<string, Fault>(),
    answers: new Map<string, object>(),
    calls: [] as string[],
    problems: [] as string[],
    endpoint: '',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => void respond(fake, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  fake.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

interface Call {
  readonly service: string;
  readonly operation: string;
  readonly input: Input;
}

async function respond(fake: FakeAws, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = callOf(request, Buffer.concat(await request.toArray()).toString());
  if (call === undefined) {
    fake.problems.push(`${request.method} ${request.url} is a call that nothing answers`);
    response.writeHead(500).end();
    return;
  }
  const { protocol } = SERVICES[call.service] as Service;
  try {
    fake.calls.push(call.operation);
    const body = answerOf(fake, call, protocol);
    response.writeHead(200, { 'content-type': TYPES[protocol] }).end(body);
  } catch (error) {
    if (!(error instanceof Refusal)) fake.problems.push(`${call.operation}: ${(error as Error).message}`);
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'InternalFailure');
    const { status, code } = refusal;
    response
      .writeHead(status, { 'content-type': TYPES[protocol], 'x-amzn-errortype': code })
      .end(request.method === 'HEAD' ? '' : failureText(refusal, protocol));
  }
}

const TYPES: Readonly<Record<Service['protocol'], string>> = {
  json: 'application/x-amz-json-1.0',
  query: 'text/xml',
  rest: 'application/json',
  s3: 'application/xml',
};

function failureText({ code }: Refusal, protocol: Service['protocol']): string {
  if (protocol !== 'query') return JSON.stringify({ __type: code, message: `refused: ${code}` });
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>refused</Message></Error></ErrorResponse>`;
}

function answerOf(fake: FakeAws, { service, operation, input }: Call, protocol: Service['protocol']): string {
  const fault = fake.faults.get(operation);
  if (fault !== undefined && (fault.when?.(input) ?? true)) {
    const times = fault.times ?? Number.POSITIVE_INFINITY;
    if (times > 0) {
      fake.faults.set(operation, { ...fault, times: times - 1 });
      throw new Refusal(fault.status, fault.code);
    }
  }
  const answer = ANSWERS[operation];
  const model = OPERATIONS[service]?.get(operation);
  if (answer === undefined || model === undefined) throw new Error('the fake has no answer');
  const value = fake.answers.get(operation) ?? answer(fake.world, input);
  checkShape(model.output, value, operation);
  if (protocol === 's3') return '';
  if (protocol !== 'query') return written(model, value, 'json');
  // A form is answered by the result within a response.
  const inner = written(model, value, 'xml').replace(/^<\w+[^>]*>|<\/\w+>$/g, '');
  return `<${operation}Response><${operation}Result>${inner}</${operation}Result></${operation}Response>`;
}

/** Finds the call that a request is, by target, form or path. */
function callOf({ method, url = '', headers }: IncomingMessage, body: string): Call | undefined {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix, operation = ''] = target.split('.');
    const service = Object.keys(SERVICES).find((name) => SERVICES[name]?.target === prefix);
    return service === undefined ? undefined : { service, operation, input: JSON.parse(body) as Input };
  }
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  if (method === 'POST' && body.includes('Action=')) {
    const form = new URLSearchParams(body);
    const operation = form.get('Action') ?? '';
    const service = ['iam', 'sns'].find((name) => OPERATIONS[name]?.has(operation));
    return service === undefined ? undefined : { service, operation, input: Object.fromEntries(form) };
  }
  if (method === 'HEAD') {
    return { service: 's3', operation: 'HeadBucket', input: { Bucket: pathname.split('/')[1] } };
  }
  for (const { name, http } of OPERATIONS.lambda?.values() ?? []) {
    const names = [...(http?.[1] ?? '').matchAll(/\{(\w+)\}/g)].map(([, one = '']) => one);
    const pattern = new RegExp(`^${http?.[1].replaceAll(/\{\w+\}/g, '([^/]+)')}/?$`);
    const match = method === http?.[0] ? pattern.exec(pathname) : null;
    if (match === null) continue;
    const inPath = names.map((one, index) => [one, decodeURIComponent(match[index + 1] as string)]);
    return {
      service: 'lambda',
      operation: name,
      input: { ...Object.fromEntries([...searchParams, ...inPath]) },
    };
  }
  return undefined;
}
