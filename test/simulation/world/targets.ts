import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Random } from '../model/random.ts';
import type { Scenario, SinkName } from '../model/scenario.ts';
import { currentSandbox, inside, never, outside, sleep } from './clock.ts';
import type { History } from './history.ts';
import { type Message, SendBook, SINK_CONCURRENCY } from './send-book.ts';

/** Where simulated sinks send to: the handlers' targets and that of the dead letters. */
export type TargetName = SinkName | 'letters' | 'audit';

/** An entry of a request, whatever the service. */
interface Entry {
  readonly id: string;
  readonly body: unknown;
  readonly group: string | undefined;
  readonly deduplication: string | undefined;
  /** Of the entries with one key, one travels at a time. */
  readonly orderKey: string | undefined;
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
  answer(entries: readonly Entry[], refused: Refused): object;
  /** An answer that names all entries as accepted, without what proves it. */
  unproven(entries: readonly Entry[]): object;
}

/** By the ids of entries: may they be accepted later? */
type Refused = ReadonlyMap<string, 'passing' | 'for good'>;

/** As SNS and SQS answer: by id. */
const BY_ID: Pick<Service, 'answer' | 'unproven'> = {
  answer: (entries, refused) => ({
    Successful: entries
      .filter(({ id }) => !refused.has(id))
      .map(({ id }) => ({ Id: id, MessageId: `m-${id}` })),
    Failed: entries
      .filter(({ id }) => refused.has(id))
      .map(({ id }) =>
        refused.get(id) === 'passing'
          ? { Id: id, Code: 'InternalError', SenderFault: false }
          : { Id: id, Code: REFUSED_FOR_GOOD[Number(id) % 2], SenderFault: true },
      ),
  }),
  unproven: (entries) => ({ Successful: entries.map(({ id }) => ({ Id: id, MessageId: '' })) }),
};

/** The first is documented for the content of a message alone. */
const REFUSED_FOR_GOOD = ['InvalidMessageContents', 'InvalidParameterValue'] as const;

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
  orderKey: entry.MessageGroupId,
});

const single = (id: number, body: unknown, orderKey?: string): Entry => ({
  id: String(id),
  body,
  group: undefined,
  deduplication: undefined,
  orderKey,
});

type Item = Parameters<typeof unmarshall>[0];

const SERVICES: Readonly<Record<string, Service>> = {
  PublishBatchCommand: {
    most: 10,
    entriesOf: ({ PublishBatchRequestEntries }: { PublishBatchRequestEntries: BatchEntry[] }) =>
      PublishBatchRequestEntries.map(entryOf),
    ...BY_ID,
  },
  SendMessageBatchCommand: {
    most: 10,
    entriesOf: ({ Entries }: { Entries: BatchEntry[] }) => Entries.map(entryOf),
    ...BY_ID,
  },
  PutEventsCommand: {
    most: 10,
    entriesOf: ({ Entries }: { Entries: { Detail: string }[] }) =>
      Entries.map(({ Detail }, index) => single(index, JSON.parse(Detail))),
    answer: (entries, refused) => ({
      FailedEntryCount: refused.size,
      Entries: entries.map(({ id }) =>
        refused.has(id)
          ? {
              ErrorCode: refused.get(id) === 'passing' ? 'InternalFailure' : 'MalformedDetail',
              ErrorMessage: 'no',
            }
          : { EventId: id },
      ),
    }),
    unproven: (entries) => ({ FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: '' })) }),
  },
  BatchWriteItemCommand: {
    most: 25,
    entriesOf: ({ RequestItems }: { RequestItems: Record<string, { PutRequest: { Item: Item } }[]> }) =>
      Object.values(RequestItems)
        .flat()
        .map(({ PutRequest }, index) => {
          const body = unmarshall(PutRequest.Item);
          return {
            ...single(index, body, JSON.stringify([body.item, body.itemKey, body.position])),
            raw: PutRequest,
          };
        }),
    answer: (entries, refused) => {
      const unprocessed = entries
        .filter(({ id }) => refused.has(id))
        .map((entry) => ({ PutRequest: (entry as unknown as { raw: unknown }).raw }));
      return { UnprocessedItems: unprocessed.length === 0 ? {} : { table: unprocessed } };
    },
    unproven: () => ({}),
  },
  PutObjectCommand: {
    most: 1,
    entriesOf: ({ Body }: { Body: string }) => [single(0, JSON.parse(String(Body)))],
    answer: () => ({ ETag: '"1"' }),
    unproven: () => ({ ETag: '' }),
  },
  // Of a sink of the user's own.
  OwnCommand: {
    most: 7,
    entriesOf: ({ texts }: { texts: readonly string[] }) =>
      texts.map((text, index) => {
        const body = JSON.parse(text) as Message;
        return single(index, body, body.detached === 'no' ? body.item.split('-')[0] : undefined);
      }),
    answer: (entries, refused) => ({
      outcomes: entries.map(({ id }) => OWN_OUTCOMES[refused.get(id) ?? 'accepted']),
    }),
    unproven: (entries) => ({ outcomes: entries.slice(1).map(() => 'accepted') }),
  },
};

/** Not mentioned is not accepted. */
const OWN_OUTCOMES = {
  accepted: 'accepted',
  passing: undefined,
  'for good': { code: 'mapper_parsing_exception', retryable: false },
} as const;

/** A request of the user's own sink. */
export class OwnCommand {
  readonly input: { readonly texts: readonly string[] };

  constructor(texts: readonly string[]) {
    this.input = { texts };
  }
}

/** How long a sink waits for an answer. */
export const REQUEST_TIMEOUT_MS = 50;

/** FIFO targets drop what they have got within this time. */
const DEDUPLICATION_MS = 300_000;

type RequestFault =
  | 'throttled'
  | 'error'
  | 'never answers'
  | 'answer lost'
  | 'rubbish'
  | 'answer without proof'
  | 'reset';

const FAULTS: readonly RequestFault[] = [
  'throttled',
  'error',
  'never answers',
  'answer lost',
  'rubbish',
  'answer without proof',
  'reset',
];

/** The AWS services that the function sends to, in memory, with what goes wrong there. */
export class Targets {
  readonly accepted: Accepted[] = [];
  /** The messages that handlers send. */
  readonly sends: SendBook;
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
    this.sends = new SendBook(history);
  }

  /** An SDK client, as far as sinks use it. */
  clientOf(target: TargetName): {
    send(command: object, options?: { abortSignal?: AbortSignal }): Promise<object>;
  } {
    let flying = 0;
    /** Order key -> messages under way. */
    const underWay = new Map<string, number>();
    const count = (orderKey: string, more: number): number => {
      const now = (underWay.get(orderKey) ?? 0) + more;
      underWay.set(orderKey, now);
      return now;
    };
    return {
      send: async (command, options = {}) => {
        const { input } = command as { readonly input: Input };
        if (++flying > SINK_CONCURRENCY)
          soon(() => {
            if (flying > SINK_CONCURRENCY)
              this.#history.violate('sink', `${flying} requests to ${target} at once`);
          });
        const service = SERVICES[command.constructor.name] as Service;
        const entries = service.entriesOf(input as never);
        // A group of a standard queue is for fairness.
        const isOrdered = target !== 'topic' && target !== 'queue';
        const orderKeys = entries.flatMap(({ orderKey }) =>
          isOrdered && orderKey !== undefined ? [orderKey] : [],
        );
        for (const orderKey of orderKeys) {
          if (count(orderKey, 1) > 1)
            soon(() => {
              if (count(orderKey, 0) > 1)
                this.#history.violate('sink', `two messages of ${orderKey} travel to ${target} at once`);
            });
        }
        const request = this.#request(target, service, entries, options.abortSignal);
        try {
          return await request;
        } finally {
          flying--;
          for (const orderKey of orderKeys) count(orderKey, -1);
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
    service: Service,
    entries: readonly Entry[],
    abortSignal: AbortSignal | undefined,
  ): Promise<object> {
    const sandbox = currentSandbox();
    if (sandbox?.dead) return never();
    const number = this.#requests++;
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
    const request = this.sends.request(
      sandbox ?? { dead: false },
      target,
      entries.map(({ body }) => body as Message),
    );
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
      // DynamoDB and S3 do not say which entry it is.
      if ((target === 'table' || target === 'bucket') && [...refused.values()].includes('for good'))
        return Promise.reject(errorOf('for good'));
      // A proxy may answer in the target's place.
      const isProxy = fault === 'rubbish' && this.#random.percent(50, 'proxy', number);
      if (!isProxy && fault !== 'answer without proof')
        for (const entry of entries) if (!refused.has(entry.id)) this.#accept(target, entry);
      if (fault === 'answer lost') return never();
      await sleep(this.#random.below(4, 'answer', number));
      if (fault === 'rubbish') return { html: true };
      if (fault === 'answer without proof') return service.unproven(entries);
      request.answeredWith(entries.map(({ id }) => !refused.has(id)));
      return service.answer(entries, refused);
    });
    let ended = false;
    if (fault === 'never answers' || fault === 'answer lost')
      void outside(async () => {
        await sleep(REQUEST_TIMEOUT_MS + 5);
        soon(() => {
          if (ended || sandbox?.dead || sandbox?.frozen) return;
          this.#history.violate('sink', `request ${number} to ${target} is waited for after its timeout`);
        });
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
      ]).finally(() => {
        ended = true;
        request.ended();
      });
      await sleep(0);
      if ('error' in outcome) throw outcome.error;
      if (!abortSignal?.aborted) request.acknowledged();
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

  #refusedOf(target: TargetName, number: number, entries: readonly Entry[]): Refused {
    const { refusePercent, lettersRefusedPercent, troubledRequests } = this.#scenario.targets;
    const refused = new Map<string, 'passing' | 'for good'>();
    for (const { id, body } of entries)
      if (this.refusesForGood(target, (body as Message).index)) refused.set(id, 'for good');
    this.#history.count('entry refused for good', refused.size);
    // S3 takes a request or fails it.
    if (number >= troubledRequests || target === 'bucket') return refused;
    const percent = target === 'letters' ? lettersRefusedPercent : refusePercent;
    for (const { id } of entries) {
      if (refused.has(id) || !this.#random.percent(percent, 'refuse', number, id)) continue;
      this.#history.count('entry refused');
      refused.set(id, 'passing');
    }
    return refused;
  }

  /** Tells if a target never takes the messages about a change, for what they hold. */
  refusesForGood(target: TargetName, index: number | undefined): boolean {
    const { mapping, targets } = this.#scenario;
    // Without anything that discards records it would block the shard for a day.
    if (mapping.maximumRetryAttempts < 0 || target === 'letters' || target === 'audit') return false;
    return this.#random.percent(targets.refusedForGoodPercent, 'for good', index ?? -1);
  }

  #accept(target: TargetName, { body, group, deduplication }: Entry): void {
    if (deduplication !== undefined) {
      const key = `${target} ${deduplication}`;
      const before = this.#seen.get(key);
      if (before !== undefined && Date.now() - before < DEDUPLICATION_MS) {
        this.#history.count('duplicate dropped by FIFO');
        return;
      }
      if (before !== undefined) this.#history.count('duplicate after five minutes');
      this.#seen.set(key, Date.now());
    }
    this.accepted.push({ target, body, group, at: Date.now() });
    this.#history.accepted(target, body, group);
  }
}

function errorOf(fault: RequestFault | 'denied' | 'for good'): Error {
  const [name, status] = (
    {
      throttled: ['ThrottlingException', 400],
      error: ['InternalServerError', 500],
      denied: ['AccessDeniedException', 403],
      'for good': ['ValidationException', 400],
      reset: ['Error', undefined],
    } as Record<string, [string, number | undefined]>
  )[fault] as [string, number | undefined];
  return Object.assign(new Error(fault), {
    name,
    ...(status === undefined ? { code: 'ECONNRESET' } : { $metadata: { httpStatusCode: status } }),
  });
}

/** Checks a little later: a request that was aborted, or whose sandbox was thawed, settles in the same moment. */
function soon(check: () => void): void {
  void outside(async () => {
    await sleep(1);
    check();
  });
}
