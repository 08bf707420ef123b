import { streamLabelOf, tableNameOf } from '../../record/stream-arn.ts';
import { carries } from '../../record/view-type.ts';
import { type CheckMapping, withoutRoutes } from '../check.ts';
import type { DeployedStream } from '../deployed-state.ts';
import { type Finding, finding, ifRead, notChecked } from '../finding.ts';

/** The stream that the mapping reads, and what the code declares of it. */
export const stream: CheckMapping = function* ({ mapping, code, subject }) {
  const { streamArn, table } = mapping;
  const name = tableNameOf(streamArn);
  let isTold = false;
  const recreate =
    'Create a mapping of the newest stream at TRIM_HORIZON, then delete this one: docs/operations.md#create-the-mapping-again';
  yield* ifRead(table, ['STREAM_REPLACED', 'STREAM_NOT_ENABLED'], subject, function* (found) {
    if (found === undefined) {
      isTold = true;
      yield finding('STREAM_REPLACED', subject, {
        is: `There is no table ${name} any more.`,
        should: 'the table whose changes the function handles',
        why: 'The mapping reads a stream without a table. It gets no new record.',
        remedy: `aws lambda delete-event-source-mapping --uuid ${mapping.uuid}`,
      });
      return;
    }
    const { latestStreamArn, isStreamEnabled } = found;
    if (latestStreamArn !== undefined && latestStreamArn !== streamArn) {
      isTold = true;
      yield finding('STREAM_REPLACED', subject, {
        is: `The mapping reads the stream ${streamLabelOf(streamArn)}, and the table has a newer one: ${streamLabelOf(latestStreamArn)}.`,
        should: `EventSourceArn: ${latestStreamArn}`,
        why: 'The table was created again, or its stream was disabled and enabled. Changes go to the newer stream, which the mapping does not read.',
        remedy: recreate,
      });
    } else if (!isStreamEnabled) {
      isTold = true;
      yield disabled();
    }
  });
  if (!isTold) {
    yield* ifRead(mapping.stream, ['STREAM_NOT_ENABLED'], subject, function* (found) {
      if (found !== undefined && DISABLED.includes(found.status)) yield disabled();
    });
  }
  yield* declared(mapping.stream);

  function disabled(): Finding {
    return finding('STREAM_NOT_ENABLED', subject, {
      is: `The stream of the table ${name} is disabled.`,
      should: 'StreamEnabled: true',
      why: 'New changes are in no stream, so the function does not get them.',
      remedy: `aws dynamodb update-table --table-name ${name} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES`,
    });
  }

  function* declared(part: typeof mapping.stream): ReturnType<CheckMapping> {
    if (code === undefined) return;
    if (code.metadata === undefined) {
      yield notChecked(['VIEW_TYPE_TOO_POOR', 'KEYS_DIFFER'], subject, withoutRoutes(code));
      return;
    }
    const { viewType, table: declaredTable } = code.metadata.settings;
    yield* ifRead(part, ['VIEW_TYPE_TOO_POOR', 'KEYS_DIFFER'], subject, function* (found) {
      if (found === undefined) return; // the table says that it was replaced
      if (!carries(found.viewType, viewType)) {
        yield finding('VIEW_TYPE_TOO_POOR', subject, {
          is: `The stream has the view type ${found.viewType}.`,
          should: `StreamViewType: ${viewType}, which the code declares`,
          why: 'Handlers would read images that the records do not have. The router refuses every batch.',
          remedy: `Declare viewType: '${found.viewType}', or enable the stream again with ${viewType}: docs/operations.md#enable-the-stream-again`,
        });
      }
      if (declaredTable !== undefined && !sameKeys(declaredTable.keys, found)) {
        yield finding('KEYS_DIFFER', subject, {
          is: `The keys of the table are ${found.keys.join(', ')}.`,
          should: `${declaredTable.keys.join(', ')}, which the code declares`,
          why: 'The router refuses every batch: it would group the changes of an item wrongly.',
          remedy: `Declare keys: [${found.keys.map((key) => `'${key}'`).join(', ')}] in defineTable, or correct the mapping's stream.`,
        });
      }
    });
  }
};

/** States of a stream that takes no new records. */
const DISABLED = ['DISABLING', 'DISABLED'];

function sameKeys(declared: readonly string[], { keys }: DeployedStream): boolean {
  return declared.length === keys.length && declared.every((key, index) => key === keys[index]);
}
