import type { Effort, Entrant, GroupPlan, Measure } from '../run/plan.ts';
import { timed } from '../run/timed.ts';

const MESSAGES = 20_000;
/** An object is a request of its own. */
const OBJECTS = 4000;
const CLEAN = 'nothing is throttled';
const THROTTLED = '20 % of the requests are throttled';
const SERVICES = ['sns', 'sqs', 'events', 'dynamodb', 's3'] as const;

export const throttlingMeasure: Measure = {
  name: 'throttling',
  title: 'Sending under throttling',
  method:
    `A sink sends ${MESSAGES.toLocaleString('en')} messages of a few bytes at once, or ${OBJECTS.toLocaleString('en')} objects. Their target is a ` +
    'fake of the AWS API that answers over HTTP after 5 ms. It throttles every fifth request on average. The fake runs in ' +
    'the same process, so both times include its work.',
  plans: (effort) => SERVICES.map((service) => planOf(service, effort)),
};

function planOf(service: (typeof SERVICES)[number], { quick }: Effort): GroupPlan {
  const messages = (service === 's3' ? OBJECTS : MESSAGES) / (quick ? 2 : 1);
  return {
    id: `throttling/${service}`,
    title: `${messages.toLocaleString('en')} messages to ${service}`,
    unit: 'ms',
    places: [CLEAN, THROTTLED].map((name) => ({ name, host: `throttling-${service}` })),
    rounds: quick ? 1 : 3,
    warmups: quick ? 0 : 1,
    entrant: (name) => entrantOf(service, messages, name === THROTTLED ? 0.2 : 0),
  };
}

async function entrantOf(
  service: (typeof SERVICES)[number],
  messages: number,
  share: number,
): Promise<Entrant> {
  const { throttledSink } = await import('../pipeline/throttled-sink.ts');
  const { send, accepted } = await throttledSink(service, share);
  return timed({
    prepare: () => Array.from({ length: messages }, (_, index) => index),
    run: (numbers: readonly number[]) => Promise.all(numbers.map(send)),
    verify: () => {
      const count = accepted();
      if (count !== messages) throw new Error(`${service} accepted ${count} of ${messages} messages`);
    },
  });
}
