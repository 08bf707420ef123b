import { type HandlerMetadata, metadataOf } from '../../../batch/handler-metadata.ts';
import type { Exports } from '../../../local/source/load-module.ts';

/** The exports of a module, without those that throw when they are read, as a getter may. */
export function readableExports(exports: Exports): Exports {
  return Object.fromEntries(Object.keys(exports).flatMap((name) => entryOf(exports, name)));
}

/** The metadata of an export. Undefined also if the export does not let it be read, as a proxy may. */
export function readMetadata(exported: unknown): HandlerMetadata | undefined {
  try {
    return metadataOf(exported);
  } catch {
    return undefined;
  }
}

function entryOf(exports: Exports, name: string): readonly [string, unknown][] {
  try {
    return [[name, exports[name]]];
  } catch {
    return [];
  }
}
