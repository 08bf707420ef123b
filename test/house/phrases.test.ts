import { describe, expect, test } from 'vitest';
import { mayReplace, phrasesIn, problemsOf } from '../../scripts/phrases.ts';

describe('finds', () => {
  test.each([
    ['Code that cannot be loaded is told of.', 'told of'],
    ['Lambda is done with it.', 'done with'],
    ['Records that are given up are sent.', 'given up'],
    ['Nobody reads it.', 'Nobody'],
    ["nobody's printing", 'nobody'],
    ['for whoever waits', 'whoever'],
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

describe('a file', () => {
  const found = { 'a.ts': phrasesIn('nobody\nwhoever') };

  test('may have as many phrases as it has had', () => {
    expect(problemsOf(found, { 'a.ts': 2 })).toEqual([]);
  });

  test('fails with one more, and each is shown with what to write instead', () => {
    expect(problemsOf(found, { 'a.ts': 1 })).toEqual([
      'a.ts: 2 phrases, where 1 are allowed:',
      'a.ts:1: "nobody": name the subject: "no handler", "no caller"',
      'a.ts:2: "whoever": name the subject: "the caller", "users who"',
    ]);
  });

  test('that is new may have none', () => {
    expect(problemsOf(found, {})).toHaveLength(2);
  });

  test.each([
    ['has one less', { 'a.ts': 3 }, 'a.ts: 2 phrases, phrases.json has 3.'],
    ['is gone', { 'a.ts': 2, 'b.ts': 1 }, 'b.ts: 0 phrases, phrases.json has 1.'],
  ])('that %s needs its count lowered', (_what, allowed, problem) => {
    expect(problemsOf(found, allowed)).toEqual([`${problem} Lower it: node scripts/phrases.ts --update`]);
  });

  test('may be renamed, and no update allows more phrases in sum', () => {
    expect(mayReplace({ 'a.ts': 2 }, { 'b.ts': 2 })).toBe(true);
    expect(mayReplace({ 'a.ts': 2 }, { 'a.ts': 1 })).toBe(true);
    expect(mayReplace({ 'a.ts': 2 }, { 'a.ts': 3 })).toBe(false);
    expect(mayReplace({ 'a.ts': 2 }, { 'a.ts': 2, 'b.ts': 1 })).toBe(false);
  });
});
