import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, type Format } from './bundle.ts';

export const FORMATS: readonly Format[] = ['esm', 'cjs'];

/** A module in both formats, each in a folder of its own. */
export interface Bundles {
  readonly folders: Readonly<Record<Format, string>>;
  readonly files: Readonly<Record<Format, string>>;
  remove(): void;
}

/** Bundles a module of this folder in both formats. */
export async function bundles(entry: string): Promise<Bundles> {
  const root = mkdtempSync(join(tmpdir(), 'streamlane-lambda-'));
  const folders = { esm: join(root, 'esm'), cjs: join(root, 'cjs') };
  const [esm, cjs] = await Promise.all([
    bundle(entry, 'esm', folders.esm),
    bundle(entry, 'cjs', folders.cjs),
  ]);
  return { folders, files: { esm, cjs }, remove: () => rmSync(root, { recursive: true, force: true }) };
}
