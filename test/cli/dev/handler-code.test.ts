import { readdirSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { expect, onTestFinished, test, vi } from 'vitest';
import { HandlerCode } from '../../../src/cli/dev/handler-code.ts';
import type { Sandbox } from '../../../src/cli/dev/sandbox/sandbox.ts';
import type { HandlerRoutes } from '../../../src/console/protocol/routes.ts';
import { lambdaContext } from '../../../src/local/handler/lambda-context.ts';
import { type Code, codeOf, STREAMLANE } from './code.ts';

const contextOf = (): Context =>
  lambdaContext({ functionName: 'f', functionArn: 'arn:f', memoryLimitInMB: 128, timeoutMs: 10_000 }, 'r');

function handlerCodeOf(code: Code) {
  const files = new Set<string>();
  const routes: HandlerRoutes[] = [];
  const handlerCode = new HandlerCode({
    handler: code.path('handler.ts'),
    env: process.env,
    onOutput: (output) => void output.resume(),
    onFiles: (found) => {
      for (const file of found) files.add(file);
    },
    onUnset: () => {},
    onTaken: () => {},
    onRoutes: (read) => void routes.push(read),
  });
  onTestFinished(() => handlerCode.close());
  return { handlerCode, files, routes };
}

async function answerOf(starting: Promise<Sandbox>): Promise<unknown> {
  const sandbox = await starting;
  onTestFinished(() => sandbox.close());
  const { response } = await sandbox.invoke({}, contextOf());
  return response;
}

const handlerOf = (version: number): string =>
  `enum Version { This = ${version} }\nexport const handler = () => Version.This;`;

test("a broken edit is reported with esbuild's message, and the previous code keeps running", async () => {
  const code = codeOf({ 'handler.ts': handlerOf(1) });
  const { handlerCode, files } = handlerCodeOf(code);
  expect(await answerOf(handlerCode.start())).toBe(1);
  code.write('handler.ts', "import { two } from './two';\nexport const handler = () => two;");
  await expect(handlerCode.startChanged()).rejects.toMatchObject({
    message: expect.stringMatching(/cannot be imported: Could not resolve "\.\/two" \(.*handler\.ts:1\)/),
    exitCode: 2,
  });
  expect(files).toContain(code.path('two.ts'));
  expect(await answerOf(handlerCode.start())).toBe(1);
  code.write('two.ts', 'export const two = 2;');
  expect(await answerOf(handlerCode.startChanged())).toBe(2);
  expect(await answerOf(handlerCode.start())).toBe(2);
});

test('code that throws when it is loaded does not replace the code before it', async () => {
  const code = codeOf({ 'handler.ts': handlerOf(1) });
  const { handlerCode } = handlerCodeOf(code);
  expect(await answerOf(handlerCode.start())).toBe(1);
  code.write('handler.ts', "throw new Error('no');");
  await expect(handlerCode.startChanged()).rejects.toMatchObject({
    message: expect.stringMatching(/throws when it is imported: no \(.*handler\.ts:1\)/),
  });
  expect(await answerOf(handlerCode.start())).toBe(1);
});

test('the last two bundles are kept, and all are deleted at the end', async () => {
  const code = codeOf({ 'handler.ts': handlerOf(1) });
  const { handlerCode } = handlerCodeOf(code);
  for (let version = 1; version <= 4; version++) {
    code.write('handler.ts', handlerOf(version));
    expect(await answerOf(handlerCode.startChanged())).toBe(version);
  }
  expect(readdirSync(code.path('.streamlane')).filter((name) => name.endsWith('.mjs'))).toHaveLength(2);
  handlerCode.close();
  expect(readdirSync(code.directory)).not.toContain('.streamlane');
});

test('another failure is reported with its reason, and the previous code keeps running', async () => {
  const code = codeOf({ 'handler.ts': handlerOf(1) });
  const { handlerCode } = handlerCodeOf(code);
  expect(await answerOf(handlerCode.start())).toBe(1);
  // As after `rm -r` of the folder that the command was started in.
  const cwd = vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw new Error('ENOENT: no such file or directory, uv_cwd');
  });
  onTestFinished(() => cwd.mockRestore());
  await expect(handlerCode.startChanged()).rejects.toMatchObject({
    message: expect.stringMatching(
      /handler\.ts cannot be prepared: Error: ENOENT: no such file or directory, uv_cwd\.$/,
    ),
    exitCode: 1,
  });
  cwd.mockRestore();
  expect(await answerOf(handlerCode.start())).toBe(1);
});

test('the routes of changed code are told when it is loaded, and once only', async () => {
  const routerOf = (method: string): string =>
    `import { streamRouter } from ${STREAMLANE};\nexport const handler = streamRouter().${method}(() => {});`;
  const code = codeOf({ 'handler.ts': routerOf('onInsert') });
  const { handlerCode, routes } = handlerCodeOf(code);
  for (const start of ['start', 'start', 'startChanged'] as const) {
    const sandbox = await handlerCode[start]();
    await sandbox.close();
    code.write('handler.ts', routerOf('onRemove'));
  }
  expect(routes.map((read) => read.routes)).toEqual([[{ eventName: 'INSERT' }], [{ eventName: 'REMOVE' }]]);
});
