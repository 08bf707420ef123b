import { expectTypeOf, test } from 'vitest';
import { auditTrail } from '../../src/audit/index.ts';
import { streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import type { TableWriter } from '../../src/sinks/dynamodb.ts';
import type { EventBus } from '../../src/sinks/event-bridge.ts';
import { publishTo, type Sink } from '../../src/sinks/index.ts';
import type { BucketWriter } from '../../src/sinks/s3.ts';
import type { SnsTopic } from '../../src/sinks/sns.ts';
import type { SqsQueue } from '../../src/sinks/sqs.ts';
import { memorySink } from '../../src/testing/index.ts';

interface Invoice {
  id: string;
  total: number;
}

test('one memory sink fits wherever any sink does', () => {
  const sink = memorySink();
  expectTypeOf(sink).toExtend<Sink>();
  expectTypeOf(sink).toExtend<SnsTopic>();
  expectTypeOf(sink).toExtend<SqsQueue>();
  expectTypeOf(sink).toExtend<EventBus>();
  expectTypeOf(sink).toExtend<TableWriter>();
  expectTypeOf(sink).toExtend<BucketWriter>();
  deadLetter(sink, { fallback: sink });
  auditTrail(sink);
  streamRouter<Invoice>().onInsert(
    publishTo(
      sink,
      ({ newImage }) => newImage,
      ({ newImage }) => ({ subject: newImage.id }),
    ),
  );
});

test('a memory sink has the type of its messages', () => {
  const sink = memorySink<{ total: number }>();
  expectTypeOf(sink.sent).toEqualTypeOf<readonly { total: number }[]>();
  streamRouter<Invoice>()
    .onInsert(publishTo(sink, ({ newImage }) => ({ total: newImage.total })))
    // @ts-expect-error a total is a number
    .onModify(publishTo(sink, ({ newImage }) => ({ total: newImage.id })));
  sink.fail('content', { times: 1, when: ({ total }) => total < 0 });
  // @ts-expect-error not a reason
  sink.fail('other');
});
