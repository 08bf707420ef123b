import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SourceMap } from 'node:module';
import { expect, onTestFinished, test } from 'vitest';
import { codeOf } from './dev/code.ts';
import { commandEnvironment } from './environment.ts';
import { MAIN } from './spawned.ts';

/** A message of the inspector's protocol. */
interface Message {
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: the protocol has hundreds of messages
  readonly params?: any;
}

test('a debugger that stops in a handler is at the line of the source', async () => {
  const code = codeOf({
    'handler.ts': `interface Event { readonly Records: readonly object[] }
enum Status { Open }

export const handler = (event: Event): void => {
  debugger;
};`,
    'event.json': '{"Records":[]}',
  });
  const child = spawn(
    process.execPath,
    [
      '--inspect-wait=0',
      MAIN,
      'invoke',
      code.path('handler.ts'),
      code.path('event.json'),
      '--timeout',
      '900',
    ],
    {
      env: commandEnvironment({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  while (!/ws:\S+/.test(stderr)) await once(child.stderr, 'data');
  const socket = new WebSocket(/ws:\S+/.exec(stderr)?.[0] as string);
  await once(socket, 'open');
  const maps = new Map<string, string>();
  const paused = new Promise<Message['params']>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const { method, params } = JSON.parse(data) as Message;
      if (method === 'Debugger.scriptParsed') maps.set(params.scriptId, params.sourceMapURL);
      if (method === 'Debugger.paused') resolve(params);
    });
  });
  for (const [id, method] of [
    'Runtime.enable',
    'Debugger.enable',
    'Runtime.runIfWaitingForDebugger',
  ].entries()) {
    socket.send(JSON.stringify({ id, method }));
  }
  const { scriptId, lineNumber, columnNumber } = (await paused).callFrames[0].location;
  const [, base64 = ''] = /^data:.*;base64,(.*)$/.exec(maps.get(scriptId) as string) ?? [];
  const map = new SourceMap(JSON.parse(Buffer.from(base64, 'base64').toString()));
  const { originalSource, originalLine } = map.findEntry(lineNumber, columnNumber) as {
    readonly originalSource: string;
    readonly originalLine: number;
  };
  expect([originalSource, originalLine + 1]).toEqual(['../handler.ts', 5]);
  socket.close();
}, 30_000);
