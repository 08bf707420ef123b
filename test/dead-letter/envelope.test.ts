import { expect, test } from 'vitest';
import { withoutEnvelopes } from '../../src/dead-letter/envelope.ts';

const content = { id: 'INV-1' };
const notification = (message: unknown) => ({ Type: 'Notification', Message: JSON.stringify(message) });
const event = (detail: unknown) => ({ 'detail-type': 'Dead letter', detail });
const wrapped = (times: number) => Array.from({ length: times }).reduce(event, content);

test.each<[string, unknown, unknown]>([
  ['no envelope', content, content],
  ['JSON', JSON.stringify(content), content],
  ['JSON with a byte order mark', `\ufeff${JSON.stringify(content)}`, content],
  ['JSON in JSON', JSON.stringify(JSON.stringify(content)), content],
  ['a notification of SNS', notification(content), content],
  ['an event of EventBridge', event(content), content],
  ['a notification of an event', JSON.stringify(notification(event(content))), content],
  ['an event with text', event(JSON.stringify(content)), content],
  ['20 envelopes', wrapped(20), content],
  ['21 envelopes, of which one is left', wrapped(21), event(content)],
  ['text that is not JSON', 'INV-1', 'INV-1'],
  ['a notification of text', { Type: 'Notification', Message: 'INV-1' }, 'INV-1'],
  ['an empty notification', { Type: 'Notification' }, undefined],
  ['nothing', undefined, undefined],
])('%s', (_name, message, expected) => {
  expect(withoutEnvelopes(message)).toEqual(expected);
});

test('an envelope is an attribute of the message, not of its prototype', () => {
  const message = Object.create({ 'detail-type': 'inherited', detail: {} });
  expect(withoutEnvelopes(message)).toBe(message);
});
