import { expect, test } from 'vitest';
import { needsBundle } from '../../../src/local/source/needs-bundle.ts';
import { codeOf } from '../../cli/dev/code.ts';

const NAMED = (specifier: string): string =>
  `The requested module '${specifier}' does not provide an export named 'Total'`;

// With the messages of Node 24. test/cli/load-handler.test.ts has those that Node gives.
test.each<[string, boolean, { code?: string; message: string; stack?: string }]>([
  ['a type of a package', true, { message: NAMED('shop') }],
  ['a name that Node does not have', false, { message: NAMED('node:fs') }],
  ['a type of a file', true, { message: NAMED('./types.ts') }],
  [
    'a type of a file that Node names by a path',
    true,
    { message: NAMED('./types.ts'), stack: 'HANDLER:1\n' },
  ],
  ['a type of a file that is not there', false, { message: NAMED('./gone.ts') }],
  [
    'a file of CommonJS',
    true,
    { code: 'MODULE_NOT_FOUND', message: "Cannot find module './types'\nRequire stack:\n- HANDLER" },
  ],
  [
    'a file that nothing is known of',
    false,
    { code: 'MODULE_NOT_FOUND', message: "Cannot find module './gone'" },
  ],
  ['a package of CommonJS', false, { code: 'MODULE_NOT_FOUND', message: "Cannot find module 'gone'" }],
  ['a message in other words', false, { code: 'ERR_MODULE_NOT_FOUND', message: 'Nothing is there' }],
  ['a token of another language', false, { message: 'Invalid or unexpected token' }],
  ['an error of its own', false, { message: 'no table' }],
])('knows of %s if a bundle would help: %s', (_what, expected, { code, message, stack = '' }) => {
  const sources = codeOf({ 'handler.ts': '', 'types.ts': 'export interface Total {}' });
  const handler = sources.path('handler.ts');
  const error = Object.assign(new Error(message.replace('HANDLER', handler)), {
    ...(code !== undefined && { code }),
    stack: stack.replace('HANDLER', handler),
  });
  expect(needsBundle(handler, error)).toBe(expected);
});
