import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/errors/exit-codes.ts';
import { inProcess } from './in-process.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'streamlane-text-'));
});

afterAll(() => rmSync(directory, { recursive: true }));

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const utf16 = Buffer.from('{"Records":[]} ', 'utf16le').subarray(0, 28);
const bom = Buffer.from([0xff, 0xfe]);

describe.each<[string, readonly string[]]>([
  ['invoke', ['invoke', 'test/cli/handlers.ts#nothing']],
  ['replay', ['replay', '--dry-run']],
])('%s', (_name, argv) => {
  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from('{"Records":[]}')],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff{"Records":[]}')],
  ])('reads %s, from a file and from stdin', async (_encoding, bytes) => {
    const path = join(directory, 'payload.json');
    writeFileSync(path, bytes);
    for (const [name, input] of [
      [path, ''],
      ['-', bytes.toString()],
    ] as const) {
      const { code } = await inProcess([...argv, name], {
        input,
        env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      }).ended();
      expect(code).toBe(argv[0] === 'invoke' ? EXIT.ok : EXIT.failed); // it is not understood, and so it stays
    }
  });

  test('takes an empty file for one without JSON, and not for UTF-16', async () => {
    const path = join(directory, 'empty.json');
    writeFileSync(path, '');
    const { stderr } = await inProcess([...argv, path], {
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    }).ended();
    expect(stderr).not.toContain('UTF-16');
  });

  test('refuses other encodings, so that no character is lost', async () => {
    const path = join(directory, 'payload.json');
    writeFileSync(path, Buffer.from('{"Records":["Zürich"]}', 'latin1'));
    const { code, stderr } = await inProcess([...argv, path]).ended();
    expect(stderr).toBe(`error: ${path} is not in UTF-8. Save it as UTF-8.\n`);
    expect(code).toBe(EXIT.usage);
  });

  test.each<[string, Buffer]>([
    ['UTF-16 with a byte order mark', Buffer.concat([bom, utf16])],
    ['UTF-16 with a byte order mark, big end first', swapped(Buffer.concat([bom, utf16]))],
    ['UTF-16', utf16],
    ['UTF-16, big end first', swapped(utf16)],
  ])('names %s, and what to do', async (_encoding, bytes) => {
    const path = join(directory, 'payload.json');
    writeFileSync(path, bytes);
    const { code, stderr } = await inProcess([...argv, path]).ended();
    expect(stderr).toBe(
      `error: ${path} is in UTF-16. Save it as UTF-8; in Windows PowerShell: Out-File -Encoding utf8, not >.\n`,
    );
    expect(code).toBe(EXIT.usage);
  });
});
