import { fileURLToPath } from 'node:url';
import { shortPath } from '../../local/source/project.ts';

/**
 * Finds the first line of the user's own code in a stack, as `src/handler.ts:12`, from the working directory.
 *
 * A frame of a module has its URL. One that Node has translated by a source map has a path.
 */
export function placeIn(stack: string): string | undefined {
  for (const line of stack.split('\n')) {
    // From its end, `file:///src/handler.ts?2:12:5)`: a message may be a line of the stack, and may be long.
    const at = /:(\d{1,9}):\d{1,9}\)?$/.exec(line.slice(-30));
    if (at === null) continue;
    const before = line.slice(0, line.length - at[0].length);
    const path = pathIn(before);
    if (path !== undefined && !/[\\/]node_modules[\\/]/.test(before)) return `${shortPath(path)}:${at[1]}`;
  }
  return undefined;
}

function pathIn(frame: string): string | undefined {
  const from = frame.lastIndexOf('file://');
  if (from !== -1) return pathOf(frame.slice(from).split('?')[0] as string);
  return /^ {4}at (?:async |.{0,999}\()?((?:\/|[A-Z]:\\)[^()]*)$/.exec(frame.slice(0, 5000))?.[1];
}

/** A message may have what only looks like the URL of a file. */
function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
