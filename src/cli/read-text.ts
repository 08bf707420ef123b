import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { usageError } from './errors/cli-error.ts';
import type { CliIo } from './terminal/io.ts';

/**
 * Reads a text file in UTF-8, with or without a byte order mark.
 *
 * @param path a file, or `-` for stdin
 * @param name what the messages call it
 * @throws CliError when there is no such file, or it is not in UTF-8: some editors and shells of Windows write UTF-16
 */
export async function readText(path: string, name: string, io: CliIo): Promise<string> {
  const bytes = path === '-' ? await buffer(io.stdin) : await readBytes(path);
  if (isUtf16(bytes)) {
    throw usageError(
      `${name} is in UTF-16. Save it as UTF-8; in Windows PowerShell: Out-File -Encoding utf8, not >.`,
    );
  }
  try {
    // Its byte order mark does not belong to the text, and JSON.parse would refuse it.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    // If it were decoded anyway, each letter that is not ASCII would be lost.
    throw usageError(`${name} is not in UTF-8. Save it as UTF-8.`, cause);
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw usageError(
      code === 'ENOENT'
        ? `There is no file ${path}. Paths are relative to ${process.cwd()}.`
        : `${path} cannot be read: ${message}.`,
      cause,
    );
  }
}

/** By its byte order mark; without one, by the zero in each of the two bytes of the bracket or quote that JSON begins with. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return false;
  return (
    (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0
  );
}
