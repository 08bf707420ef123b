import { expect, test } from 'vitest';
import { createLedger, type Ledger, type Sighting } from '../../../examples/invoice-workflow/ledger.ts';
import { judge } from '../../../examples/invoice-workflow/verdict.ts';

/** Parses `'a:v1 a:v2'`: the sightings, in order. */
const sightings = (text: string): Sighting[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const [invoiceId = '', change = ''] = word.split(':');
      return { invoiceId, change };
    });

/** Two invoices in turns; the second change of `a` is not announced, and each is paid once. */
const all = 'a:v1 b:v1 a:v2 b:v2 a:v3 b:deleted';
const announced = 'a:v1 b:v1 b:v2 a:v3 b:deleted';
const paid = 'b:v2 a:v3';

function ledger({
  delivered = all,
  acknowledged = all,
  published = announced,
  received = announced,
  receipts = paid,
} = {}): Ledger {
  return {
    ...createLedger(),
    written: sightings(all).map((change) => ({
      ...change,
      announced: announced.includes(`${change.invoiceId}:${change.change}`),
      paid: paid.includes(`${change.invoiceId}:${change.change}`),
    })),
    delivered: sightings(delivered),
    acknowledged: sightings(acknowledged),
    published: sightings(published),
    received: sightings(received),
    receipts: sightings(receipts),
  };
}

test('everything in order passes', () => {
  expect(judge(ledger())).toEqual({
    lost: 0,
    orderViolations: 0,
    redelivered: 0,
    publishedAgain: 0,
    receivedAgain: 0,
    passed: true,
  });
});

test('changes of different invoices may overtake each other', () => {
  const mixed = 'b:v1 b:v2 b:deleted a:v1 a:v3';
  expect(judge(ledger({ published: mixed, received: mixed })).passed).toBe(true);
});

test('repetition is counted and passes, as long as it ends at the newest change', () => {
  const repeated = 'a:v1 b:v1 b:v2 b:v1 b:v2 a:v3 b:deleted b:deleted';
  expect(judge(ledger({ delivered: `${all} b:v2 b:deleted`, published: repeated }))).toEqual({
    lost: 0,
    orderViolations: 0,
    redelivered: 2,
    publishedAgain: 3,
    receivedAgain: 0,
    passed: true,
  });
});

test.each([
  ['a change that no response covered', { acknowledged: 'a:v1 b:v1 b:v2 a:v3 b:deleted' }, 1],
  ['an announcement that did not arrive', { received: 'a:v1 b:v1 b:v2 b:deleted' }, 1],
  ['the last announcement', { received: 'a:v1 b:v1 b:v2 a:v3' }, 1],
  [
    'one change missed on both ways, counted once',
    { acknowledged: 'a:v1 b:v1 a:v2 b:v2 a:v3', received: 'a:v1 b:v1 b:v2 a:v3' },
    1,
  ],
  ['a receipt', { receipts: 'b:v2' }, 1],
  ['all announcements', { published: '', received: '' }, 5],
  ['everything', { acknowledged: '', published: '', received: '' }, 6],
])('lost: %s', (_name, gap, lost) => {
  expect(judge(ledger(gap))).toMatchObject({ lost, orderViolations: 0, passed: false });
});

test.each([
  ['delivered out of order', { delivered: 'a:v2 a:v1 b:v1 b:v2 a:v3 b:deleted' }],
  ['a later change was acknowledged first', { acknowledged: 'a:v2 a:v1 b:v1 b:v2 a:v3 b:deleted' }],
  ['published out of order', { published: 'a:v1 b:v2 b:v1 a:v3 b:deleted' }],
  ['received out of order', { received: 'a:v1 b:v1 b:deleted b:v2 a:v3' }],
  ['repetition left an older change as the last one', { published: `${announced} b:v2` }],
])('order violation: %s', (_name, disorder) => {
  expect(judge(ledger(disorder))).toMatchObject({ lost: 0, orderViolations: 1, passed: false });
});

test('payments must not see anything twice', () => {
  expect(judge(ledger({ received: `${announced} b:deleted` }))).toMatchObject({
    lost: 0,
    orderViolations: 0,
    receivedAgain: 1,
    passed: false,
  });
});

test('receipts have no order', () => {
  expect(judge(ledger({ receipts: 'a:v3 b:v2' })).passed).toBe(true);
});

test('a change that was not written is an error', () => {
  expect(() => judge(ledger({ received: `${announced} c:v1` }))).toThrow('Seen, but never written: c v1');
});
