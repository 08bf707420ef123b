// docs/images/tail.svg and its like, played again.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scenes } from '../cli/scenes/index.ts';
import { linesOf, pictureOf } from '../cli/scenes/scene.ts';
import { ROOT } from './markdown.ts';

describe.each(Object.entries(scenes))('the picture of %s', (name, scene) => {
  const picture = readFileSync(`${ROOT}/docs/images/${name}.svg`, 'utf8');

  test('shows what the command shows', { timeout: 60_000 }, async () => {
    const played = await pictureOf(scene);
    expect(linesOf(picture).length).toBeGreaterThan(5);
    expect(linesOf(played), 'node docs/images/record-terminal.ts records it again').toEqual(linesOf(picture));
  });

  test('has the times of a real run: they never go back', () => {
    const times = [...picture.matchAll(/>(\d\d:\d\d:\d\d)[ <]/g)].map(([, time]) => time);
    expect(times.length).toBeGreaterThan(1);
    expect(times).toEqual(times.toSorted());
  });
});

test('the retries in the picture of dev take time', () => {
  const picture = readFileSync(`${ROOT}/docs/images/dev.svg`, 'utf8');
  const times = [...picture.matchAll(/>(\d\d:\d\d:\d\d)</g)].map(([, time]) => time);
  expect(new Set(times).size).toBeGreaterThan(2);
});
