import { realpathSync, symlinkSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { openInEditor } from '../../src/console/open-in-editor.ts';
import { SourceReader } from '../../src/console/source-lines.ts';
import { codeOf } from '../cli/dev/code.ts';

function opening() {
  const code = codeOf({ 'handler.ts': 'one\ntwo', 'other.ts': '', 'data.json': '{}' });
  const sources = new SourceReader();
  sources.add([code.path('handler.ts'), code.path('data.json'), code.path('gone.ts')]);
  const openFile = vi.fn(async () => {});
  return { code, openFile, action: openInEditor(sources, openFile) };
}

test('a line of the code of the handler is opened', async () => {
  const { code, openFile, action } = opening();
  await action({ at: `${code.path('handler.ts')}:2` });
  expect(openFile).toHaveBeenCalledExactlyOnceWith({
    path: realpathSync(code.path('handler.ts')),
    line: 2,
  });
});

test('no other file is opened, whatever the request names', async () => {
  const { code, openFile, action } = opening();
  symlinkSync(code.path('other.ts'), code.path('link.ts'));
  const places = ['other.ts', 'link.ts', 'data.json', 'gone.ts'].map((file) => `${code.path(file)}:1`);
  const handler = code.path('handler.ts');
  for (const at of [
    ...places,
    undefined,
    1,
    {},
    '',
    '/etc/passwd:1',
    handler,
    `${handler}:`,
    `${handler}:-1`,
    `${handler}:1e9`,
    `${handler}:1;reboot`,
    `${handler}:99999999999`,
    `--help:1`,
  ]) {
    await expect(action({ at })).rejects.toMatchObject({
      status: 400,
      message: "Only files that the handler's code was loaded from can be opened.",
    });
  }
  expect(openFile).not.toHaveBeenCalled();
});
