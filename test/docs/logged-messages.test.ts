import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROOT, tableUnder } from './markdown.ts';

/** The code that runs in a function. */
const FILES = globSync('src/**/*.ts', {
  cwd: ROOT,
  exclude: [
    'cdk',
    'cli',
    'delivery',
    'doctor',
    'emulators',
    'local',
    'mapping',
    'replay',
    'stream',
    'testing',
  ].map((room) => `src/${room}/**`),
});

/** Messages that the code builds elsewhere, by the code in their place. */
const BUILT: Readonly<Record<string, string>> = {
  'new DeadlineError(reserveMs).message': 'Less than reserveMs ...',
  'warningAbout(table)': 'Records belong to none of the entities ...',
  '`${method}: ${message}`': 'onModify: ...',
  '`${OWNER}: ${name} failed`': 'tracing: <option> failed',
};

/** A call of a logger. The messages of `src/logger.ts` come from these calls. */
const CALL = /\blogger(?:\.(debug|info|warn|error)|\[.+?\])\(\s*('[^']+'|`[^`]+`|[^,]+),/g;

const calls = FILES.flatMap((file) =>
  [...readFileSync(`${ROOT}/${file}`, 'utf8').matchAll(CALL)].map(([, level, message = '']) => ({
    level,
    message: BUILT[message] ?? message.slice(1, -1).replaceAll(/\$\{(\w+)\}/g, '<$1>'),
  })),
);

const rows = tableUnder('docs/ordering-and-failures.md', 'What is logged');

test.each(calls)('$message is in the table of log messages', ({ level, message }) => {
  const found = rows.filter(([, messages]) => messages?.includes(`\`${message}\``)).map(([name]) => name);
  expect(found).toContain(level === undefined ? '`warn`' : `\`${level}\``);
});

test('the table has no other message', () => {
  const known = new Set(calls.map(({ message }) => message));
  const named = rows.flatMap(([, messages = '']) =>
    [...messages.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name}`),
  );
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(calls.length).toBeGreaterThan(15);
});
