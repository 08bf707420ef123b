import type { HandlerImport } from '../protocol/events.ts';
import { MASKED } from '../protocol/mask.ts';
import { literalOf, textLiteral } from './code-text.ts';
import { lambdaShape } from './lambda-shape.ts';
import type { Change } from './store.ts';
import { visible } from './value-text.ts';

/** The records of a test, and their failure. */
export interface TestSubject {
  /** In any order; at least one. */
  readonly changes: readonly Change[];
  /** The failure that the test shows, if there was one. */
  readonly failure?: { readonly message: string; readonly at?: string | undefined } | undefined;
}

/** Where the records and the handler come from. */
export interface TestOrigin {
  readonly table: string;
  readonly streamArn: string;
  readonly importedAs: HandlerImport;
  /** Of the mapping, if it has windows. */
  readonly tumblingWindowInSeconds?: number | undefined;
}

const MAX_BATCH = 10_000;
const MAX_MESSAGE = 200;

/** Writes a test for Vitest that delivers records to the handler: it passes when the handler succeeds with them. */
export function testFile({ changes, failure }: TestSubject, origin: TestOrigin): string {
  const { table, streamArn, importedAs, tumblingWindowInSeconds } = origin;
  const records = changes.map(({ record }) => ({
    ...lambdaShape(record),
    eventVersion: '1.1',
    awsRegion: streamArn.split(':')[3],
    eventSourceARN: streamArn,
  }));
  const code = literalOf(records, '    ');
  const options = {
    functionResponseTypes: ['ReportBatchItemFailures'],
    maximumRetryAttempts: 0,
    batchSize: changes.length > 100 ? Math.min(changes.length, MAX_BATCH) : undefined,
    tumblingWindowInSeconds,
  };
  return `${comments(failure, table, code.includes(textLiteral(MASKED)))}
import { deliver } from 'streamlane/testing';
import 'streamlane/testing/vitest';
import { expect, test } from 'vitest';
import { ${importedName(importedAs.name)} } from ${textLiteral(importedAs.module)};

test(${textLiteral(titleOf(changes.length, failure))}, async () => {
  const delivery = await deliver(
    handler,
    ${code},
    ${literalOf(options, '    ')},
  );
  expect(delivery).toSucceed();
});
`;
}

/** Names a test file by its failure: `negative-total.test.ts`. */
export function testFileName({ failure }: Pick<TestSubject, 'failure'>): string {
  const words = failure?.message.toLowerCase().match(/[a-z0-9]+/g) ?? ['changes'];
  return `${words.join('-').slice(0, 60).replace(/-$/, '')}.test.ts`;
}

function titleOf(count: number, failure: TestSubject['failure']): string {
  const records = count === 1 ? 'a record' : `${count} records`;
  return failure === undefined
    ? `succeeds with ${records}`
    : `succeeds with ${records} after the failure: ${shortened(failure.message)}`;
}

/** Line comments: text of a failure cannot end one, as line breaks are written as escapes. */
function comments(failure: TestSubject['failure'], table: string, isMasked: boolean): string {
  const lines = [
    `Made by the live console of streamlane, from the stream of ${visible(table)}.`,
    ...(failure === undefined
      ? []
      : [
          `The handler failed: ${visible(shortened(failure.message))}${failure.at === undefined ? '' : `, at ${visible(failure.at)}`}`,
          'The test fails until the handler succeeds.',
        ]),
    'The import of the handler fits if this file is in the directory where `streamlane dev` ran.',
    ...(isMasked
      ? [`--mask has replaced values by ${MASKED}. With the real values, the result may be another one.`]
      : []),
  ];
  return lines.map((line) => `// ${line}`).join('\n');
}

function importedName(name: string): string {
  if (name === 'handler') return name;
  return `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : textLiteral(name)} as handler`;
}

function shortened(text: string): string {
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE)}…`;
}
