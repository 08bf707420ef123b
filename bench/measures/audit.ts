import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { JSON_PARSE, jsonParse } from '../batch-entrant.ts';
import type { EventHandler } from '../contenders/contender.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import type { BenchItem } from '../data/items.ts';
import { type AuditEntry, auditTrail, streamRouter } from '../library.ts';
import { alone, type Effort, type Entrant, type GroupPlan } from '../run/plan.ts';
import { timed } from '../run/timed.ts';
import { silentLogger } from '../silent-logger.ts';
import { roundsFor } from './rounds-for.ts';

const PLAIN = 'streamlane, auditTrail';
const REDACTED = 'streamlane, auditTrail with redaction';
const POWERTOOLS = 'Powertools parallel + unmarshall, an entry by hand';
const MIDDY = 'Middy + event-normalizer, an entry by hand';

/** Half of the attributes, and paths that these items do not have. */
const REDACT = ['total', 'status', 'card.number', 'lines[].price'];

/** Measures the cost of an audit entry for each record. */
export function auditPlan({ quick }: Effort): GroupPlan {
  const others = quick ? [] : [POWERTOOLS, MIDDY];
  return {
    id: 'middleware/audit',
    title: '10,000 small records, an audit entry of each',
    unit: 'ms',
    places: alone(PLAIN, REDACTED, ...others, JSON_PARSE),
    ...roundsFor('small', quick),
    notes: [`Redacted are ${REDACT.join(', ')}; the items have the first two.`],
    entrant: entrantOf,
  };
}

/** Takes entries, and counts them and the changes in them. */
export class CountingSink {
  readonly target = 'bench';
  entries = 0;
  changes = 0;

  async send(message: unknown): Promise<void> {
    this.entries++;
    this.changes += (message as Pick<AuditEntry, 'changes'>).changes?.length ?? Number.NaN;
  }
}

async function entrantOf(name: string): Promise<Entrant> {
  const text = batchText({ profile: 'small', ...FULL_BATCH });
  if (name === JSON_PARSE) return jsonParse(text);
  const parse = (): DynamoDBStreamEvent => JSON.parse(text);
  const sink = new CountingSink();
  const { Records } = parse();
  const expected = Records.map(changesOf).reduce((sum, count) => sum + count, 0);
  return timed({
    prepare: () => {
      sink.entries = 0;
      sink.changes = 0;
      return parse();
    },
    run: await handlerOf(name, sink),
    verify: () => {
      if (sink.entries === Records.length && sink.changes === expected) return;
      throw new Error(
        `${name} did not do its work: ${sink.entries} of ${Records.length} entries, ` +
          `${sink.changes} of ${expected} changes`,
      );
    },
  });
}

async function handlerOf(name: string, sink: CountingSink): Promise<EventHandler> {
  if (name === POWERTOOLS) return (await import('../contenders/powertools.ts')).powertoolsAudited(sink);
  if (name === MIDDY) return (await import('../contenders/middy.ts')).middyAudited(sink);
  return streamRouter<BenchItem>({ logger: silentLogger }).use(
    auditTrail(sink, name === REDACTED ? { redact: REDACT } : {}),
  );
}

/** The changes that the entry of a record has to list: attributes lie side by side in small items. */
function changesOf({ dynamodb }: DynamoDBRecord): number {
  const { NewImage = {}, OldImage = {} } = dynamodb ?? {};
  const names = new Set([...Object.keys(NewImage), ...Object.keys(OldImage)]);
  return [...names].filter((name) => JSON.stringify(NewImage[name]) !== JSON.stringify(OldImage[name]))
    .length;
}
