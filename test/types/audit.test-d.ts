import { expectTypeOf, test } from 'vitest';
import {
  type AuditChange,
  type AuditEntry,
  type AuditTrail,
  auditKeyOf,
  auditTrail,
  loggerSink,
} from '../../src/audit/index.ts';
import { changed, defineTable, expired, itemOf, processBatch, streamRouter } from '../../src/index.ts';
import { streamRecords } from '../../src/middy/index.ts';
import type { Sink } from '../../src/sinks/sink.ts';

interface Invoice {
  customerId: string;
  invoiceId: string;
  status: 'OPEN' | 'PAID';
}

const audit = auditTrail(loggerSink());
const withoutChanges = auditTrail(loggerSink(), { changes: false });
const keys = ['customerId', 'invoiceId'] as const;

test('one trail is the handler of every route, with and without a condition', () => {
  streamRouter<Invoice>().onInsert(audit).onModify(audit).onRemove(audit);
  streamRouter<Invoice>().onModify(changed('status'), audit).onRemove(expired, audit);
  streamRouter().onInsert(audit).onModify(audit).onRemove(audit);
  const table = defineTable({ name: 'Invoices', item: itemOf<Invoice>(), keys: [...keys] });
  streamRouter(table).onInsert(audit).onModify(audit).onRemove(audit);
});

test('it is a record middleware', () => {
  streamRouter<Invoice>()
    .use(audit)
    .onInsert(() => {});
});

test('it is the handler of processBatch', () => {
  expectTypeOf(processBatch<Invoice>).toBeCallableWith({ Records: [] }, undefined, audit);
});

test('it takes the records of a loop', async () => {
  const { before } = streamRecords<Invoice>();
  type Event = Parameters<typeof before>[0]['event'];
  const loop = async ({ records }: Event): Promise<void> => {
    for (const record of records) await audit(record);
  };
  expectTypeOf(loop).returns.resolves.toBeVoid();
});

test('changes that the stream does not carry do not compile', () => {
  const newImages = streamRouter<Invoice>({ viewType: 'NEW_IMAGE' });
  newImages.onInsert(audit);
  // @ts-expect-error NEW_IMAGE has no old image of a modified item
  newImages.onModify(audit);
  // @ts-expect-error nor does it show a removed item
  newImages.onRemove(audit);
  // @ts-expect-error a middleware gets all three
  newImages.use(audit);
  newImages.use(withoutChanges).onModify(withoutChanges).onRemove(withoutChanges);

  const oldImages = streamRouter<Invoice>({ viewType: 'OLD_IMAGE' });
  oldImages.onRemove(audit);
  // @ts-expect-error OLD_IMAGE shows no created item
  oldImages.onInsert(audit);
  oldImages.use(withoutChanges);

  const keysOnly = streamRouter<Invoice>({ viewType: 'KEYS_ONLY' });
  // @ts-expect-error KEYS_ONLY shows no item
  keysOnly.onInsert(audit);
  keysOnly.use(withoutChanges);
});

test('options are checked', () => {
  auditTrail(loggerSink(), {
    actor: 'updatedBy',
    redact: ['card.number'],
    omit: ['updatedAt'],
    maxBytes: 400_000,
  });
  // @ts-expect-error there is no such option
  auditTrail(loggerSink(), { redacted: [] });
  // @ts-expect-error paths are text
  auditTrail(loggerSink(), { redact: [/card/] });
  // @ts-expect-error a logger is not a sink
  auditTrail(console);
});

test('an entry is JSON', () => {
  expectTypeOf<AuditEntry['time']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<AuditEntry['changes']>().toEqualTypeOf<readonly AuditChange[] | undefined>();
  expectTypeOf(auditKeyOf('Invoices', { customerId: 'C-1' })).toBeString();
  expectTypeOf(loggerSink()).toEqualTypeOf<Sink>();
  expectTypeOf(audit).toExtend<AuditTrail<never>>();
});

test('the names of entities are checked where the table is named', () => {
  const app = defineTable({
    name: 'App',
    keys: ['pk', 'sk'],
    entities: {
      customer: { item: itemOf<{ email: string }>(), match: { sk: 'PROFILE' } },
      order: { item: itemOf<{ total: number }>(), match: { type: 'ORDER' } },
    },
  });
  auditTrail(loggerSink(), { redact: { anything: ['email'] } });
  const audit = auditTrail<typeof app>(loggerSink(), { redact: { customer: ['email'], order: [] } });
  auditTrail<typeof app>(loggerSink(), { redact: ['email'], changes: false });
  // @ts-expect-error the table has no such entity
  auditTrail<typeof app>(loggerSink(), { redact: { custmer: ['email'] } });
  // @ts-expect-error paths come in an array
  auditTrail<typeof app>(loggerSink(), { redact: { customer: 'email' } });
  const invoices = defineTable({ name: 'Invoices', item: itemOf<Invoice>(), keys: [...keys] });
  auditTrail<typeof invoices>(loggerSink(), { redact: ['status'] });
  streamRouter(app)
    .use(audit)
    .onInsert(audit)
    .entity('order', (orders) => orders.onInsert(audit).onModify(audit).onRemove(audit));
  expectTypeOf<AuditEntry['entity']>().toEqualTypeOf<string | undefined>();
});
