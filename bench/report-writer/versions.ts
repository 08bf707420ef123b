import { existsSync, readFileSync } from 'node:fs';

const PACKAGES = [
  '@aws-sdk/util-dynamodb',
  '@aws-lambda-powertools/batch',
  '@aws-lambda-powertools/parser',
  'zod',
  '@middy/core',
  '@middy/event-normalizer',
  'aws-lambda-stream',
  'dynamodb-streams-processor',
  'esbuild',
];

/** The version of streamlane and of every peer, as installed; `not installed` where it is missing. */
export function versions(): Record<string, string> {
  const own = versionIn(new URL('../../package.json', import.meta.url));
  return Object.fromEntries([['streamlane', own], ...PACKAGES.map((name) => [name, versionOf(name)])]);
}

/** Reads package.json where Node would look: next to the suite first. `exports` need not name it. */
function versionOf(name: string): string {
  for (const folder of ['../node_modules/', '../../node_modules/']) {
    const file = new URL(`${folder}${name}/package.json`, import.meta.url);
    if (existsSync(file)) return versionIn(file);
  }
  return 'not installed';
}

function versionIn(file: URL): string {
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
