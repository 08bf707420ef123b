// Prepares a release: writes the folder `release`, which CI publishes. Refuses while something is missing.
//   node scripts/release.ts v1.2.3
import { join } from 'node:path';
import { problemsOf, writePackageFolder } from './release/package-folder.ts';
import { REPOSITORY } from './release/repository.ts';

const root = join(import.meta.dirname, '..');
const release = { root, repository: REPOSITORY, tag: process.argv[2] ?? '' };

const problems = problemsOf(release);
if (problems.length > 0) {
  console.error(`Nothing is released.\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  process.exit(1);
}
writePackageFolder(release, join(root, 'release'));
console.log(`release/ is ready for ${release.tag}: npm publish ./release --provenance --access public`);
