import { expect, test } from 'vitest';
import { joinPath } from '../../src/unmarshall/path.ts';

test.each<[string, readonly (string | number)[]]>([
  ['status', ['status']],
  ['card.number', ['card', 'number']],
  ['lines[2].price', ['lines', 2, 'price']],
  ['matrix[0][1]', ['matrix', 0, 1]],
  ['["a.b"]', ['a.b']],
  ['["a[0]"].x', ['a[0]', 'x']],
  ['["say \\"hi\\""]', ['say "hi"']],
  ['[""]', ['']],
  ['größe 1', ['größe 1']],
])('%s is written so that every other path reads otherwise', (path, steps) => {
  expect(steps.reduce<string>((left, step) => joinPath(left, step), '')).toBe(path);
});
