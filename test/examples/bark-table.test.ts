import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { MAIN, program, type SpawnedCommand } from '../cli/spawned.ts';
import { blocksOf, ROOT } from '../docs/markdown.ts';
import { eventually } from '../fixtures/eventually.ts';
import { runExample } from './run-example.ts';

test('the program handles the payload with the malformed ARN, then barks from its own table', async () => {
  const { code, stdout, stderr } = await runExample('bark-table').ended();

  expect(stderr).toBe('');
  expect(stdout.replaceAll(/http:\S+/g, '<url>')).toBe(`The payload of the guides:

Subject: A new bark from John Doe
Message: Woofer user John Doe barked the following at 2016-11-18:12:09:36:

 This is a bark from the Woofer social network

response: {"batchItemFailures":[]}

A bark that is put into a table, corrected and deleted:

DynamoDB at <url>

Subject: A new bark from Jane Doe
Message: Woofer user Jane Doe barked the following at 2016-11-18:14:32:17:

 Testing...1...2...3

INSERT: succeeded, {"batchItemFailures":[]}
MODIFY: succeeded, {"batchItemFailures":[]}
REMOVE: succeeded, {"batchItemFailures":[]}
`);
  expect(code).toBe(0);
});

test('the walk-through works as typed from the README', { timeout: 120_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'streamlane-bark-table-'));
  // npx would run the same file, and take its time.
  writeFileSync(join(directory, 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${MAIN}" "$@"\n`, {
    mode: 0o755,
  });
  const env = { PATH: `${directory}${delimiter}${process.env.PATH}`, XDG_CACHE_HOME: directory };
  const shell = (line: string): SpawnedCommand => program('sh', ['-c', `exec ${line}`], { env, cwd: ROOT });
  const running: SpawnedCommand[] = [];
  const commands: string[] = [];
  let shown = '';
  try {
    for (const { language, code, note } of blocksOf('examples/bark-table/README.md')) {
      if (language === 'sh' && code.startsWith('npm run')) continue; // the program: it has a test of its own
      if (language === 'sh') {
        const command = shell(code.trim());
        commands.push(code.split(' ', 3).slice(2).join().trim());
        if (note === 'keeps running') {
          running.push(command);
          await command.seen(/Ctrl-C stops.*\n/);
        } else {
          const { code: exitCode, stdout, stderr } = await command.ended();
          shown = `${stderr.replaceAll(/^(Using|Tailing) .+\n/gm, '')}${stdout}`;
          expect(exitCode, shown).toBe(0);
        }
      } else if (note === 'shown by streamlane dev') {
        await eventually(() => expect(unvarying(`${running.at(-1)?.stdout()}`)).toContain(unvarying(code)));
      } else {
        expect(unvarying(shown)).toBe(unvarying(code));
      }
    }
  } finally {
    for (const command of running.reverse()) {
      command.interrupt();
      expect((await command.ended()).code).toBe(0);
    }
    rmSync(directory, { recursive: true });
  }
  expect(commands).toEqual([
    'emulators',
    'tables',
    'invoke',
    'dev',
    'put',
    'put',
    'streams',
    'streams',
    'tail',
  ]);
});

/** Replaces the parts that differ at every run: times, durations, and the label of the stream, which is a time too. */
function unvarying(output: string): string {
  return output
    .replaceAll(/\b\d\d:\d\d:\d\d\b(?! *:)/g, '<time>')
    .replaceAll(/\b\d+(\.\d+)? m?s\b/g, '<duration>')
    .replaceAll(/\b\d{10}\.\d+/g, '<label>')
    .replaceAll(/\d{4}-\d\d-\d\dT\S+Z/g, '<date>');
}
