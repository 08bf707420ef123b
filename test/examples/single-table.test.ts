import { expect, test } from 'vitest';
import { blocksOf } from '../docs/markdown.ts';
import { handled, runExample } from './run-example.ts';

test('single-table hands each record to the routes of its entity, and prints what its README shows', async () => {
  const { code, stdout, stderr } = await runExample('single-table').ended();

  expect(code, stderr).toBe(0);
  expect(handled(stdout)).toEqual([
    ...['INSERT', 'INSERT', 'INSERT', 'MODIFY', 'INSERT'],
    ...['MODIFY', 'INSERT', 'MODIFY', 'INSERT', 'REMOVE'],
  ]);
  expect(stdout).toContain('Dear Ada, thank you for your trust since 2026.');
  const [shown] = blocksOf('examples/single-table/README.md').filter(({ language }) => language === 'text');
  const [, report = ''] = /(The order events,[\s\S]*)/.exec(stdout) ?? [];
  expect(linesOf(report)).toEqual(linesOf(shown?.code ?? ''));
  expect(stdout + stderr).not.toMatch(/4111|ada@example/);

  // The payment that does not fit its schema, and the item that is of no entity.
  expect(stderr).toContain('Record sent to the dead letters');
  expect(stderr).toContain('Records belong to none of the entities');
});

/** The lines, with the attributes of an item sorted: they come in any order. */
function linesOf(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => (line.includes('=') ? [...line].sort().join('') : line));
}
