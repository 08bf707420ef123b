import { StreamlaneError } from 'streamlane';
import { runTraced } from './run.ts';
import { treeOf, treeText } from './trace-tree.ts';

try {
  console.log(treeText(treeOf(await runTraced())));
} catch (error) {
  console.error(error instanceof StreamlaneError ? `\n${error.message}\n` : error);
  process.exitCode = 1;
}
