// docs/images/trace.svg, drawn again from another run.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from './markdown.ts';

const PROGRAM = `
import { runTraced } from '${ROOT}/examples/traced-invoices/run.ts';
import { treeOf } from '${ROOT}/examples/traced-invoices/trace-tree.ts';
import { tracePicture } from '${ROOT}/docs/images/trace-picture.ts';
console.log(tracePicture(treeOf(await runTraced())));
`;

/** The spans, texts and links of a picture. Times, and so the places of the bars, differ between runs. */
function shownBy(picture: string): readonly string[] {
  return [
    ...picture.matchAll(/<(?:text|title|desc)[^>]*>([^<]+)<|class="(link|web|lambda|record|shipping)"/g),
  ]
    .map(([, text, drawn]) => text ?? drawn ?? '')
    .filter((text) => !/^[\d.]+ ms$/.test(text));
}

test('the picture of a trace shows what happens', { timeout: 60_000 }, async () => {
  const argv = ['--input-type=module', '--eval', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: ROOT });
  const committed = shownBy(readFileSync(`${ROOT}/docs/images/trace.svg`, 'utf8'));
  expect(committed).toContain('POST /invoices');
  expect(committed.filter((text) => text === 'link')).toHaveLength(2);
  expect(committed).toEqual(shownBy(stdout));
});
