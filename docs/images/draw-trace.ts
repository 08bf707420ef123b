// Draws the picture of a trace: runs examples/traced-invoices on local servers, and draws its spans.
//
//   npm run build && node docs/images/draw-trace.ts
//
// test/docs/trace-picture.test.ts runs it again, and fails when the picture shows something else, but for its times.
import { writeFile } from 'node:fs/promises';
import { runTraced } from '../../examples/traced-invoices/run.ts';
import { treeOf } from '../../examples/traced-invoices/trace-tree.ts';
import { tracePicture } from './trace-picture.ts';

await writeFile(new URL('trace.svg', import.meta.url), tracePicture(treeOf(await runTraced())));
console.log('docs/images/trace.svg');
