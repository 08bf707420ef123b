import { renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { SourceWatcher } from '../../../src/cli/dev/source-watcher.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { codeOf } from './code.ts';

test('every way in which files change is heard of, and changes that come together are one', async () => {
  const code = codeOf({ 'a.ts': '1', 'lib/b.ts': '1' });
  let heard = 0;
  const watcher = new SourceWatcher(() => void heard++);
  onTestFinished(() => watcher.close());
  watcher.add(['a.ts', 'lib/b.ts', 'missing.ts'].map(code.path));
  watcher.add([code.path('a.ts')]);
  // Whatever is heard of shows that watching has begun.
  await eventually(() => {
    code.write('a.ts', `${Math.random()}`);
    expect(heard).toBeGreaterThan(0);
  });
  /** Does something until it is heard of: a busy machine begins to watch when it likes. */
  const changes = async (change: () => void): Promise<void> => {
    await sleep(200);
    const before = heard;
    change();
    await eventually(() => expect(heard).toBe(before + 1));
  };
  await changes(() => {
    code.write('a.ts', '2');
    code.write('lib/b.ts', '2');
  });
  await changes(() => code.write('missing.ts', '1'));
  await changes(() => {
    code.write('a.tmp', '3');
    renameSync(code.path('a.tmp'), code.path('a.ts'));
  });
  await changes(() => code.remove('lib/b.ts'));
  await changes(() => code.write('lib/b.ts', '3'));
}, 30_000);
