import { Writable } from 'node:stream';

/**
 * Waits until the command has read what the handler wrote.
 *
 * A thread hands over its first write at once, and later ones when that is read: by another way than its messages, and later.
 */
export async function outputRead(
  streams: readonly Writable[] = [process.stdout, process.stderr],
): Promise<void> {
  await Promise.all(streams.filter(({ writableLength }) => writableLength > 0).map(emptied));
}

/** The handler may have replaced the stream's own `write`. */
function emptied(stream: Writable): Promise<void> {
  return new Promise((done) => {
    Writable.prototype.write.call(stream, '', 'utf8', () => done());
  });
}
