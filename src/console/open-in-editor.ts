import type { Action } from './server/actions.ts';
import { RequestRefusedError } from './server/request-refused-error.ts';
import type { SourcePlace, SourceReader } from './source-lines.ts';

/**
 * The action that opens a place of the handler's code in an editor.
 *
 * A request can name any path, so only files are opened that the code was loaded from.
 */
export function openInEditor(
  sources: Pick<SourceReader, 'placeOf'>,
  openFile: (place: SourcePlace) => Promise<void>,
): Action {
  return async ({ at }) => {
    const place = typeof at === 'string' ? sources.placeOf(at) : undefined;
    if (place === undefined)
      throw new RequestRefusedError(400, "Only files that the handler's code was loaded from can be opened.");
    await openFile(place);
  };
}
