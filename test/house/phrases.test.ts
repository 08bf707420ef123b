import { describe, expect, test } from 'vitest';
import { phrasesIn } from '../../scripts/phrases.ts';

describe('finds', () => {
  test.each([
    ['Code that cannot be loaded is told of.', 'told of'],
    ['Lambda is done with it.', 'done with'],
    ['Records that are given up are sent.', 'given up'],
    ['Nobody reads it.', 'Nobody'],
    ["nobody's printing", 'nobody'],
    ['for whoever waits', 'whoever'],
    ['until somebody asks', 'somebody'],
    ['for want of records', 'for want of'],
    ['It ends all the same.', 'all the same'],
    ['in spite of it', 'in spite of'],
    ['repeated in vain', 'in vain'],
    ['It stays as it is.', 'as it is'],
    ['then the next one in its turn', 'in its turn'],
    ['It is no object.', 'is no'],
    ['What is none is refused.', 'What is none'],
    ['/** What a handler gets. */', 'What'],
    ['/**\n * Whether it has ended.\n */', 'Whether'],
    ['It ended..', '..'],
    ['`now`.. Then', '..'],
    ['/**\n * Records that are given\n * up.\n */', 'given up'],
    ['// taken as\n  // it is', 'as it is'],
  ])('%j', (text, phrase) => {
    expect(phrasesIn(text)).toEqual([{ line: expect.any(Number), phrase, instead: expect.any(String) }]);
  });

  test('them line by line', () => {
    expect(phrasesIn('one\nnobody\n\nwhoever').map(({ line }) => line)).toEqual([2, 4]);
  });
});

test.each([
  'There is no table.',
  'It is no longer open.',
  'It is not an object.',
  'const { a, ...rest } = b;',
  "import { a } from '../a.ts';",
  'git diff a..b',
  'Wait...',
  '/** Starts what a handler needs. */',
  '// What follows is measured.',
])('accepts %j', (text) => {
  expect(phrasesIn(text)).toEqual([]);
});
