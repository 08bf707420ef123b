import { expect, test } from 'vitest';
import { examiner, told } from '../examine.ts';

const examine = examiner();

test.each(['constructor', 'toString', '__proto__', 'kinesis'])(
  'a destination of the service %s is of a wrong kind',
  async (service) => {
    const diagnosis = await examine({
      change: ({ mappings: [mapping] }) =>
        Object.assign(mapping as object, {
          DestinationConfig: { OnFailure: { Destination: `arn:aws:${service}:eu-central-1:111122223333:x` } },
        }),
    });
    expect(told(diagnosis)).toEqual(['error DESTINATION_UNUSABLE']);
  },
);
