import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProject, run } from './project.ts';

const HANDLER = `import { type Context, type DynamoDBBatchResponse, type DynamoDBStreamEvent, type DynamoDBStreamHandler, streamRouter } from 'streamlane';
import { lambdaContext, testStream } from 'streamlane/testing';

const router = streamRouter<{ id: string }>();
export const handler: DynamoDBStreamHandler = (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
  router(event, context);

const stream = testStream<{ id: string }>({ keys: ['id'] });
console.log(JSON.stringify(await handler(stream.event([stream.insert({ id: 'i1' })]), lambdaContext(), () => {})));
`;

test('pnpm, with its strict node_modules: Lambda types come from streamlane', async () => {
  const packages = { '@types/node': '22', '@aws-sdk/util-dynamodb': '3' };
  const project = await createProject({
    packages,
    install: (directory) =>
      run(
        'npm',
        ['exec', '--yes', '--prefer-offline', '--package=pnpm@12.21.0', '--', 'pnpm', 'install'],
        directory,
      ),
  });
  const compilerOptions = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    module: 'nodenext',
    target: 'es2024',
    types: ['node'],
  };
  project.write({
    'handler.ts': HANDLER,
    'tsconfig.json': JSON.stringify({ compilerOptions, files: ['handler.ts'] }),
  });

  expect(existsSync(join(project.directory, 'node_modules/@types/aws-lambda'))).toBe(false);
  expect(await project.typeErrors()).toEqual([]);

  // As docs/troubleshooting.md says: it is not linked, so only streamlane finds it.
  project.write({
    'loop.ts':
      "import type { DynamoDBStreamEvent } from 'aws-lambda';\nexport type Event = DynamoDBStreamEvent;\n",
  });
  project.write({ 'tsconfig.json': JSON.stringify({ compilerOptions, files: ['loop.ts'] }) });
  expect(await project.typeErrors()).toEqual([
    expect.stringMatching(/error TS2307: Cannot find module 'aws-lambda'/),
  ]);
  project.write({
    'loop.ts':
      "import type { DynamoDBStreamEvent } from 'streamlane';\nexport type Event = DynamoDBStreamEvent;\n",
  });
  expect(await project.typeErrors()).toEqual([]);

  const { output } = await project.node('handler.ts');
  expect(JSON.parse(output)).toEqual({ batchItemFailures: [] });
});
