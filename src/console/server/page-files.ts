import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that the page loads. Script and style are compressed: in the package too, where they take a third of the space. */
export interface PageFile {
  readonly type: string;
  readonly content: string | Uint8Array;
  readonly isCompressed?: true;
}

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>streamlane</title>
    <link rel="icon" href="/icon.svg">
    <link rel="stylesheet" href="/page.css">
    <script type="module" src="/page.js"></script>
  </head>
  <body><noscript>The console needs JavaScript.</noscript></body>
</html>
`;

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 4h8M1 8h14M1 12h5" stroke="#3b82f6" stroke-width="2.5" stroke-linecap="round"/></svg>\n`;

/** Loads the files of the page, by path: those that the build made, or else bundles them now, with the esbuild of the repository. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const { script, style } = await bundles();
  return new Map<string, PageFile>([
    ['/', { type: 'text/html; charset=utf-8', content: HTML }],
    ['/icon.svg', { type: 'image/svg+xml', content: ICON }],
    ['/page.js', { type: 'text/javascript; charset=utf-8', content: script, isCompressed: true }],
    ['/page.css', { type: 'text/css; charset=utf-8', content: style, isCompressed: true }],
  ]);
}

async function bundles(): Promise<{ readonly script: Uint8Array; readonly style: Uint8Array }> {
  /* v8 ignore start -- compiled: the code lies in a folder of dist, and the page in another. test/cli/dev/terminal.test.ts opens it. */
  if (extname(import.meta.url) === '.js') {
    const [script, style] = await Promise.all(
      ['page.js.gz', 'page.css.gz'].map((name) => readFile(new URL(`../console/${name}`, import.meta.url))),
    );
    return { script: script as Uint8Array, style: style as Uint8Array };
  }
  /* v8 ignore stop */
  // By its URL, so that the package does not contain it.
  const bundler = new URL('./bundle-page.ts', import.meta.url).href;
  const { bundlePage } = (await import(bundler)) as typeof import('./bundle-page.ts');
  return bundlePage(fileURLToPath(new URL('../page', import.meta.url)));
}
