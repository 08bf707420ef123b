import { changed, env, streamRouter } from 'streamlane';
import { publishTo } from 'streamlane/sinks';
import { snsTopic } from 'streamlane/sinks/sns';

export interface Invoice {
  readonly id: string;
  readonly status: 'OPEN' | 'PAID';
}

const payments = snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') });
const archive = snsTopic({ topicArn: env('ARCHIVE_TOPIC_ARN') });

export const handler = streamRouter<Invoice>()
  .onModify(
    changed('status', { to: 'PAID' }),
    publishTo(payments, ({ newImage }) => newImage),
  )
  .onRemove(publishTo(archive, ({ oldImage }) => oldImage));

/** Beside the handler, for those who deploy the wrong one. */
export const inserts = streamRouter<Invoice>().onInsert(async () => {});
