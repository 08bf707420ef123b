import { readFileSync } from 'node:fs';

/** The fields of the installed package.json that are used here. */
interface Manifest {
  readonly version: string;
  /** `https://github.com/octo-org/streamlane#readme`. The release adds it. */
  readonly homepage?: string;
}

/** The version of the installed package. */
export function version(): string {
  return manifest().version;
}

/** Makes an address of each place in our documentation: `docs/doctor.md#lag_high`, in a text. Without a home page it stays so. */
export function withPages(text: string, { version, homepage }: Manifest = manifest()): string {
  const [repository] = homepage?.split('#') ?? [];
  if (repository === undefined) return text;
  return text.replaceAll(/\bdocs\/[\w-]+\.md\b/g, (page) => `${repository}/blob/v${version}/${page}`);
}

function manifest(): Manifest {
  const file = new URL('../../package.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}
