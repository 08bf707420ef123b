// docs/images/tail.svg and its like, played again.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scenes } from '../cli/scenes/index.ts';
import { pictureOf } from '../cli/scenes/scene.ts';
import { ROOT } from './markdown.ts';

test.each(Object.entries(scenes))(
  'the picture of %s is what the command shows',
  { timeout: 60_000 },
  async (name, scene) => {
    const picture = readFileSync(`${ROOT}/docs/images/${name}.svg`, 'utf8');
    expect(await pictureOf(scene), 'node docs/images/record-terminal.ts records it again').toBe(picture);
  },
);
