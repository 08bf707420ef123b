import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'streamlane-cdk-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** An app whose templates and bundles are removed after the tests of the file. */
export function newApp(context: Readonly<Record<string, unknown>> = {}): App {
  return new App({ context, outdir: mkdtempSync(join(folder, 'app-')) });
}
