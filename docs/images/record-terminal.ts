// Records the terminal pictures of the README: plays each scene in a pseudo-terminal, and draws what it shows.
//
//   npm run build && node docs/images/record-terminal.ts [scene ...]
//
// test/docs/terminal-pictures.test.ts plays them again, and fails when a picture shows something else.
import { writeFile } from 'node:fs/promises';
import { scenes } from '../../test/cli/scenes/index.ts';
import { pictureOf } from '../../test/cli/scenes/scene.ts';

const names = process.argv.slice(2);
for (const [name, scene] of Object.entries(scenes)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const file = new URL(`${name}.svg`, import.meta.url);
  await writeFile(file, await pictureOf(scene));
  console.log(`docs/images/${name}.svg`);
}
