import { expect, test } from 'vitest';
import { notImported } from '../../../src/cli/errors/not-imported.ts';

const BUNDLE = { type: 'bundle', file: '/app/.streamlane/1.mjs', format: 'esm' } as const;
const SOURCE = { type: 'source', remedy: 'Install esbuild.' } as const;

// test/cli/load-handler.test.ts has what modules give in fact.
test.each<[string, unknown, typeof BUNDLE | typeof SOURCE, string]>([
  ['nothing', undefined, SOURCE, 'handler.ts throws when it is imported: undefined. --verbose shows where.'],
  ['text', 'no', BUNDLE, 'handler.ts throws when it is imported: no. --verbose shows where.'],
  [
    'a syntax error, when esbuild has read the sources',
    Object.assign(new SyntaxError('Named export A not found.'), {
      stack: 'file:///app/.streamlane/1.mjs:9\n',
    }),
    BUNDLE,
    'handler.ts cannot be read: Named export A not found. Correct the import.',
  ],
  [
    'an extension that Node does not know',
    Object.assign(new TypeError('Unknown file extension ".ts"'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' }),
    SOURCE,
    'handler.ts cannot be imported. Node does not load it from its source: Unknown file extension ".ts". Install esbuild.',
  ],
  [
    'a package that is missing',
    Object.assign(new Error("Cannot find package 'a'"), { code: 'ERR_MODULE_NOT_FOUND' }),
    BUNDLE,
    "handler.ts cannot be imported: Cannot find package 'a'. Correct the import, or install the package: npm install a",
  ],
  [
    'a package of which a path is imported',
    Object.assign(new Error("Cannot find package '@aws-sdk/client-sns/x.js' imported from /app/a.js"), {
      code: 'ERR_MODULE_NOT_FOUND',
    }),
    BUNDLE,
    "handler.ts cannot be imported: Cannot find package '@aws-sdk/client-sns/x.js' imported from /app/a.js. " +
      'Correct the import, or install the package: npm install @aws-sdk/client-sns',
  ],
  ...['/app/util.js', './util', '@/util', '#util'].map((name): [string, unknown, typeof BUNDLE, string] => [
    `a file that is missing, ${name}`,
    Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' }),
    BUNDLE,
    `handler.ts cannot be imported: Cannot find module '${name}'. Correct the import, or install what it needs.`,
  ]),
])('a module that throws %s is explained', async (_what, cause, code, message) => {
  expect((await notImported('handler.ts', cause, code)).message).toBe(message);
});
