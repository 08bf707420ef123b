import { expect, test } from 'vitest';
import { type ConsoleFlags, consolePortOf } from '../../../src/cli/flags/console-flags.ts';

test.each<[string, ConsoleFlags, boolean, number | undefined]>([
  ['a terminal has the console', {}, true, 0],
  ['a script has none', {}, false, undefined],
  ['a script that asks for it has it', { console: true }, false, 0],
  ['a script that names a port has it', { consolePort: '7000' }, false, 7000],
  ['--open asks for it', { open: true }, false, 0],
  ['a terminal can do without', { console: false }, true, undefined],
])('%s', (_name, flags, isForPeople, port) => {
  expect(consolePortOf(flags, isForPeople)).toBe(port);
});

test.each<[ConsoleFlags, RegExp]>([
  [{ consolePort: 'x' }, /--console-port has to be a port/],
  [{ consolePort: '-1' }, /--console-port has to be a port/],
  [{ consolePort: '65536' }, /got 65536/],
  [{ consolePort: '' }, /--console-port has to be a port/],
  [{ console: false, open: true }, /--no-console and --open exclude each other/],
  [{ console: false, consolePort: '1' }, /--no-console and --console-port exclude each other/],
])('%j is refused', (flags, message) => {
  expect(() => consolePortOf(flags, true)).toThrow(message);
});
