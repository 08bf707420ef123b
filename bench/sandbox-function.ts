import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runtimeClient } from '../scripts/runtime-client.ts';
import { type FunctionSettings, Sandbox } from '../test/lambda/sandbox.ts';

// Among the packages, so that imports outside of a bundle are found.
const CACHE = fileURLToPath(new URL('../node_modules/.cache/streamlane-bench', import.meta.url));

/** Files of a function, by name. */
export type FunctionFiles = Readonly<Record<string, string | Uint8Array>>;

/** The result of a sandbox's first event. */
export interface FirstAnswer {
  readonly payload: string;
  /** Milliseconds from the start of the process until it has answered, and asks for the next event. */
  readonly startMs: number;
}

/** @throws Error where AWS's runtime client is not installed */
export function requireRuntimeClient(): void {
  if (existsSync(runtimeClient)) return;
  throw new Error("AWS's runtime client is not installed. Run: node scripts/runtime-client.ts");
}

/** Starts a function in a new sandbox of AWS's runtime client, and sends it one event. */
export async function firstAnswer(
  files: FunctionFiles,
  event: string,
  environment: NonNullable<FunctionSettings['environment']> = {},
): Promise<FirstAnswer> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'function-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const startedAt = performance.now();
    const settings = { folder, handler: 'index.handler', timeoutMs: 30_000, environment };
    const sandbox = await Sandbox.start(settings);
    try {
      const { payload, functionError } = await sandbox.invoke({ requestId: 'bench', event });
      const startMs = performance.now() - startedAt;
      if (functionError !== undefined) throw new Error(`The function failed: ${payload}`);
      return { payload, startMs };
    } finally {
      await sandbox.stop();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
