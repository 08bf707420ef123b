import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Random } from '../model/random.ts';
import type { Scenario, SinkName } from '../model/scenario.ts';
import { currentSandbox, inside, never, outside, sleep } from './clock.ts';
import type { History } from './history.ts';

/** Where simulated sinks send to: the handlers' targets and that of the dead letters. */
export type TargetName = SinkName | 'letters' | 'audit';

/** An entry of a request, whatever the service. */
interface Entry {
  readonly id: string;
  readonly body: unknown;
  readonly group: string | undefined;
  readonly deduplication: string | undefined;
}

/** A message that a target has accepted. */
export interface Accepted {
  readonly target: TargetName;
  readonly body: unknown;
  readonly group: string | undefined;
  readonly at: number;
}

type Input = Record<string, never>;

interface Service {
  /** Entries in a request. */
  readonly most: number;
  entriesOf(input: never): readonly Entry[];
  answer(entries: readonly Entry[], refused: ReadonlySet<string>): object;
}

/** As SNS and SQS answer: by id. */
const answerById: Service['answer'] = (entries, refused) => ({
  Successful: entries
    .filter(({ id }) => !refused.has(id))
    .map(({ id }) => ({ Id: id, MessageId: `m-${id}` })),
  Failed: entries
    .filter(({ id }) => refused.has(id))
    .map(({ id }) => ({ Id: id, Code: 'InternalError', SenderFault: false })),
});

interface BatchEntry {
  readonly Id: string;
  readonly Message?: string;
  readonly MessageBody?: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

const entryOf = (entry: BatchEntry): Entry => ({
  id: entry.Id,
  body: JSON.parse(entry.Message ?? entry.MessageBody ?? 'null'),
  group: entry.MessageGroupId,
  deduplication: entry.MessageDeduplicationId,
});

const single = (id: number, body: unknown): Entry => ({
  id: String(id),
  body,
  group: undefined,
  deduplication: undefined,
});

type Item = Parameters<typeof unmarshall>[0];

const SERVICES: Readonly<Record<string, Service>> = {
  PublishBatchCommand: {
    most: 10,
    entriesOf: ({ PublishBatchRequestEntries }: { PublishBatchRequestEntries: BatchEntry[] }) =>
      PublishBatchRequestEntries.map(entryOf),
    answer: answerById,
  },
  SendMessageBatchCommand: {
    most: 10,
    entriesOf: ({ Entries }: { Entries: BatchEntry[] }) => Entries.map(entryOf),
    answer: answerById,
  },
  PutEventsCommand: {
    most: 10,
    entriesOf: ({ Entries }: { Entries: { Detail: string }[] }) =>
      Entries.map(({ Detail }, index) => single(index, JSON.parse(Detail))),
    answer: (entries, refused) => ({
      FailedEntryCount: refused.size,
      Entries: entries.map(({ id }) =>
        refused.has(id) ? { ErrorCode: 'InternalFailure', ErrorMessage: 'no' } : { EventId: id },
      ),
    }),
  },
  BatchWriteItemCommand: {
    most: 25,
    entriesOf: ({ RequestItems }: { RequestItems: Record<string, { PutRequest: { Item: Item } }[]> }) =>
      Object.values(RequestItems)
        .flat()
        .map(({ PutRequest }, index) => ({ ...single(index, unmarshall(PutRequest.Item)), raw: PutRequest })),
    answer: (entries, refused) => {
      const unprocessed = entries
        .filter(({ id }) => refused.has(id))
        .map((entry) => ({ PutRequest: (entry as unknown as { raw: unknown }).raw }));
      return { UnprocessedItems: unprocessed.length === 0 ? {} : { table: unprocessed } };
    },
  },
  PutObjectCommand: {
    most: 1,
    entriesOf: ({ Body }: { Body: string }) => [single(0, JSON.parse(String(Body)))],
    answer: () => ({ ETag: '"1"' }),
  },
};

/** Requests of one sink at once. */
export const SINK_CONCURRENCY = 2;

/** FIFO targets drop what they have got within this time. */
const DEDUPLICATION_MS = 300_000;

type RequestFault = 'throttled' | 'error' | 'never answers' | 'answer lost' | 'rubbish' | 'reset';

const FAULTS: readonly RequestFault[] = [
  'throttled',
  'error',
  'never answers',
  'answer lost',
  'rubbish',
  'reset',
];

/** The AWS services that the function sends to, in memory, with what goes wrong there. */
export class Targets {
  readonly accepted: Accepted[] = [];
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #history: History;
  readonly #seen: Map<string, number> = new Map();
  #requests = 0;
  #denied = 0;

  constructor(scenario: Scenario, random: Random, history: History) {
    this.#scenario = scenario;
    this.#random = random;
    this.#history = history;
  }

  /** An SDK client, as far as sinks use it. */
  clientOf(target: TargetName): {
    send(command: object, options?: { abortSignal?: AbortSignal }): Promise<object>;
  } {
    let flying = 0;
    return {
      send: async (command, options = {}) => {
        const { input } = command as { readonly input: Input };
        if (++flying > SINK_CONCURRENCY)
          this.#history.violate('sink', `${flying} requests to ${target} at once`);
        try {
          return await this.#request(target, command.constructor.name, input, options.abortSignal);
        } finally {
          flying--;
        }
      },
    };
  }

  /** Tells if a target has accepted a message about a change. */
  hasAccepted(target: TargetName, index: number, route: number, part: number): boolean {
    return this.accepted.some((message) => {
      const body = message.body as {
        readonly index?: number;
        readonly route?: number;
        readonly part?: number;
      };
      return message.target === target && body.index === index && body.route === route && body.part === part;
    });
  }

  /** Tells if requests to the handlers' sinks are denied at present. */
  get isDenying(): boolean {
    return this.#denied < this.#scenario.targets.deniedRequests;
  }

  #request(
    target: TargetName,
    command: string,
    input: Input,
    abortSignal: AbortSignal | undefined,
  ): Promise<object> {
    const sandbox = currentSandbox();
    if (sandbox?.dead) return never();
    const number = this.#requests++;
    const service = SERVICES[command] as Service;
    const entries = service.entriesOf(input as never);
    if (entries.length > service.most)
      this.#history.violate('sink', `${entries.length} entries in a request to ${target}`);
    this.#history.requestStarted(
      target,
      entries.map(({ body }) => body),
    );
    const fault = this.#faultOf(target, number);
    this.#history.note(
      `request ${number} to ${target} of ${entries.length}${fault === undefined ? '' : `: ${fault}`}`,
    );
    if (fault !== undefined) this.#history.count(`request: ${fault}`);
    const answered = outside(async (): Promise<object> => {
      await sleep(this.#random.below(8, 'request', number));
      if (
        fault === 'never answers' ||
        fault === 'reset' ||
        fault === 'throttled' ||
        fault === 'error' ||
        fault === 'denied'
      )
        return fault === 'never answers' ? never() : Promise.reject(errorOf(fault));
      const refused = this.#refusedOf(target, number, entries);
      for (const entry of entries) if (!refused.has(entry.id)) this.#accept(target, entry);
      if (fault === 'answer lost') return never();
      await sleep(this.#random.below(4, 'answer', number));
      return fault === 'rubbish' ? { html: true } : service.answer(entries, refused);
    });
    // The answer comes to the sandbox by a timer of its own: a dead one gets none, a frozen one later.
    return inside(sandbox, async () => {
      const aborted = new Promise<never>((_resolve, reject) => {
        abortSignal?.addEventListener('abort', () =>
          reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' })),
        );
      });
      const outcome = await Promise.race([
        answered.then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        ),
        aborted,
      ]);
      await sleep(0);
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    });
  }

  #faultOf(target: TargetName, number: number): RequestFault | 'denied' | undefined {
    const { faultPercent, troubledRequests } = this.#scenario.targets;
    if (target !== 'letters' && target !== 'audit' && this.isDenying) {
      this.#denied++;
      return 'denied';
    }
    if (number >= troubledRequests || !this.#random.percent(faultPercent, 'fault', number)) return undefined;
    return this.#random.pick(FAULTS, 'which fault', number);
  }

  #refusedOf(target: TargetName, number: number, entries: readonly Entry[]): ReadonlySet<string> {
    const { refusePercent, lettersRefusedPercent, troubledRequests } = this.#scenario.targets;
    // S3 takes a request or fails it.
    if (number >= troubledRequests || target === 'bucket') return new Set();
    const percent = target === 'letters' ? lettersRefusedPercent : refusePercent;
    const refused = entries.filter(({ id }) => this.#random.percent(percent, 'refuse', number, id));
    this.#history.count('entry refused', refused.length);
    return new Set(refused.map(({ id }) => id));
  }

  #accept(target: TargetName, { body, group, deduplication }: Entry): void {
    if (deduplication !== undefined) {
      const key = `${target} ${deduplication}`;
      const before = this.#seen.get(key);
      if (before !== undefined && Date.now() - before < DEDUPLICATION_MS) {
        this.#history.count('duplicate dropped by FIFO');
        return;
      }
      this.#seen.set(key, Date.now());
    }
    this.accepted.push({ target, body, group, at: Date.now() });
    this.#history.accepted(target, body);
  }
}

function errorOf(fault: RequestFault | 'denied'): Error {
  const [name, status] = (
    {
      throttled: ['ThrottlingException', 400],
      error: ['InternalServerError', 500],
      denied: ['AccessDeniedException', 403],
      reset: ['Error', undefined],
    } as Record<string, [string, number | undefined]>
  )[fault] as [string, number | undefined];
  return Object.assign(new Error(fault), {
    name,
    ...(status === undefined ? { code: 'ECONNRESET' } : { $metadata: { httpStatusCode: status } }),
  });
}
