import type { CheckMapping } from '../check.ts';
import { finding, ifRead, notChecked } from '../finding.ts';

/** As many processes may read a shard at once. With replicas in other Regions it is one, as replication reads too. */
const READERS = 2;

/**
 * Counts who reads the stream.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
export const readers: CheckMapping = function* ({ mapping, subject, state }) {
  const { otherReaders, streamArn, table, functionArn } = mapping;
  // The list of an account has none of the mappings that other accounts have of its stream.
  if (streamArn.split(':')[4] !== functionArn.split(':')[4]) {
    yield notChecked(
      ['THIRD_READER'],
      subject,
      'the stream belongs to another account, which may have readers too',
    );
    return;
  }
  yield* ifRead(otherReaders, ['THIRD_READER'], subject, function* (others) {
    const isGlobal = 'value' in table && table.value?.isGlobal === true;
    const most = isGlobal ? 1 : READERS;
    if (others.length < most) return;
    yield finding('THIRD_READER', subject, {
      is: `${others.length + 1} mappings read the stream${isGlobal ? ' of a global table' : ''}: ${[state.functionName, ...others].join(', ')}.`,
      should: isGlobal ? 'one reader, as replication reads the stream as well' : 'two readers at most',
      why: 'Further readers of a shard are throttled, and all of them fall behind.',
      remedy: 'Let one function publish the changes to a topic or a bus, from which the others get them.',
    });
  });
};
