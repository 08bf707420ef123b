import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../../examples/invoice-workflow/seeded-random.ts';

/** How often something goes wrong. */
export interface FaultOptions {
  /** The SNS that works. */
  readonly endpoint: string;
  readonly seed: number;
  /** The share of entries that are refused, as SNS does when it is throttled: from 0 to 1. */
  readonly failingEntries: number;
  /** Of so many requests one is never answered. Of every other one SNS has heard: only the answer is lost. */
  readonly oneUnansweredOf: number;
}

/** The requests and their outcomes. */
export interface FaultCounts {
  requests: number;
  unanswered: number;
  /** Requests without an answer whose entries SNS has anyway. */
  lostAnswers: number;
  entries: number;
  failed: number;
  /** Entries that SNS got although it had them already. */
  repeated: number;
}

/** An SNS whose batches fail, in front of one that works. */
export interface FaultySns {
  readonly endpoint: string;
  readonly counts: FaultCounts;
  /** Waits until a request is under way. */
  requested(): Promise<void>;
  stop(): Promise<void>;
}

/** One entry of a PublishBatch request: its parameters, without what they have in front. */
type Entry = ReadonlyMap<string, string>;

const ENTRY = /^PublishBatchRequestEntries\.member\.(\d+)\.(.+)$/;

/** Starts a proxy that lets PublishBatch requests of the SDK fail, and others pass. */
export async function startFaultySns(options: FaultOptions): Promise<FaultySns> {
  const random = seededRandom(options.seed);
  const counts: FaultCounts = {
    requests: 0,
    unanswered: 0,
    lostAnswers: 0,
    entries: 0,
    failed: 0,
    repeated: 0,
  };
  const accepted = new Set<string>();
  const events = new EventEmitter();

  const forward = async (request: IncomingMessage, body: string): Promise<string> => {
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const headers = { authorization, 'content-type': type };
    const response = await fetch(options.endpoint, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`SNS answered ${response.status}: ${await response.text()}`);
    return response.text();
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parameters = new URLSearchParams((await request.toArray()).join(''));
    if (parameters.get('Action') !== 'PublishBatch') {
      response.end(await forward(request, parameters.toString()));
      return;
    }
    events.emit('request');
    const unanswered = ++counts.requests % options.oneUnansweredOf === 0;
    if (unanswered && counts.unanswered++ % 2 === 0) return;

    const entries = entriesOf(parameters);
    const failing = new Set(entries.filter(() => !unanswered && random() < options.failingEntries));
    const passing = entries.filter((entry) => !failing.has(entry));
    counts.entries += entries.length;
    counts.failed += failing.size;
    for (const entry of passing) {
      const id = entry.get('MessageDeduplicationId') ?? '';
      if (accepted.has(id)) counts.repeated++;
      accepted.add(id);
    }
    const successful =
      passing.length === 0 ? '' : await forward(request, withEntries(parameters, passing).toString());
    if (unanswered) counts.lostAnswers++;
    else response.end(withFailures(successful, [...failing]));
  };

  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/xml');
    // A client that is killed in the middle of its request is what this is for.
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    requested: async () => void (await once(events, 'request')),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function entriesOf(parameters: URLSearchParams): Entry[] {
  const entries = new Map<string, Map<string, string>>();
  for (const [name, value] of parameters) {
    const [, index = '', parameter = ''] = ENTRY.exec(name) ?? [];
    if (parameter === '') continue;
    const entry = entries.get(index) ?? new Map<string, string>();
    entries.set(index, entry.set(parameter, value));
  }
  return [...entries.values()];
}

function withEntries(parameters: URLSearchParams, entries: readonly Entry[]): URLSearchParams {
  const others = [...parameters].filter(([name]) => !ENTRY.test(name));
  const members = entries.flatMap((entry, index) =>
    [...entry].map(([name, value]): [string, string] => [
      `PublishBatchRequestEntries.member.${index + 1}.${name}`,
      value,
    ]),
  );
  return new URLSearchParams([...others, ...members]);
}

function withFailures(answer: string, failing: readonly Entry[]): string {
  const members = failing.map(
    (entry) =>
      `<member><Id>${entry.get('Id')}</Id><Code>ThrottledException</Code><SenderFault>false</SenderFault></member>`,
  );
  const failed = `<Failed>${members.join('')}</Failed>`;
  const [, successful = ''] = /<Successful>(.*)<\/Successful>/s.exec(answer) ?? [];
  return (
    '<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>' +
    `<Successful>${successful}</Successful>${failed}</PublishBatchResult></PublishBatchResponse>`
  );
}
