import { expect, test } from 'vitest';
import { createProject } from './project.ts';

const REQUIRES = `const { streamRouter, StreamlaneError } = require('streamlane');
const { lambdaContext, testStream } = require('streamlane/testing');
const { retry } = require('streamlane/middleware/retry');

const stream = testStream({ keys: ['id'] });
const router = streamRouter().use(retry()).onInsert(() => {});
router(stream.event([stream.insert({ id: 'i1' })]), lambdaContext()).then((response) =>
  console.log(JSON.stringify([process.version, response, new StreamlaneError('X', 'x') instanceof Error])),
);
`;

test('Node 22.12, the oldest: CommonJS requires the package, and an ES module imports the same one', async () => {
  const packages = { node: '22.12.0', '@aws-sdk/util-dynamodb': '3' };
  const project = await createProject({ packages, type: 'commonjs', allowScripts: ['node'] });
  project.write({
    'requires.js': REQUIRES,
    'imports.mjs': `import { createRequire } from 'node:module';
import { streamRouter } from 'streamlane';
console.log(streamRouter === createRequire(import.meta.url)('streamlane').streamRouter);
`,
  });

  const required = await project.command('node', '--no-warnings', 'requires.js');
  expect(JSON.parse(required.output)).toEqual(['v22.12.0', { batchItemFailures: [] }, true]);
  expect(await project.command('node', '--no-warnings', 'imports.mjs')).toEqual({
    status: 0,
    output: 'true\n',
  });
});
