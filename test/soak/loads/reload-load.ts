import { HandlerPool } from '../../../src/cli/dev/handler-pool.ts';
import { Sandbox } from '../../../src/cli/dev/sandbox/sandbox.ts';
import { lambdaContext } from '../../../src/local/handler/lambda-context.ts';
import type { Load } from './load.ts';

const INVOCATIONS = 20;
const IDENTITY = { functionName: 'soak', functionArn: 'arn:soak', memoryLimitInMB: 128 };

/** The sandboxes of `streamlane dev`: invocations at once, one that is ended at its timeout, and changed code. */
export async function reloadLoad(): Promise<Load> {
  const handler = `${new URL('../sandbox-handler.ts', import.meta.url).pathname}#handler`;
  const start = () =>
    Sandbox.start({
      handler,
      code: { type: 'source', remedy: '' },
      env: process.env,
      onOutput: (output) => void output.resume(),
      onFiles: () => {},
      onUnset: () => {},
    });
  const pool = new HandlerPool({
    start,
    startChanged: start,
    onFailures: () => {},
    onReloaded: () => {},
    onNotLoaded: (error) => {
      throw error;
    },
    onStuck: () => {},
  });
  await pool.open();
  return {
    async run() {
      const contextOf = (timeoutMs: number) => lambdaContext({ ...IDENTITY, timeoutMs }, 'soak');
      const endless = pool.invoke({ endless: true }, contextOf(200)).then(
        () => {
          throw new Error('An invocation outlived its timeout.');
        },
        () => {},
      );
      for (let left = INVOCATIONS; left > 0; left--) await pool.invoke({}, contextOf(30_000));
      await endless;
      await pool.reload();
      return 0;
    },
    listeners: () => 0,
    close: () => pool.close(),
  };
}
