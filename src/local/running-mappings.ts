import { ConfigurationError } from '../errors.ts';

// The checkpoint files and streams of the running mappings of this process.
const files: Set<string | undefined> = new Set();
const streamsByHandler: Map<unknown, Set<string>> = new Map();

/**
 * Registers a mapping. A stream and a function have only one, as on AWS, where a second one is a conflict (409). A
 * checkpoint file belongs to one mapping, or each would overwrite the other's positions.
 *
 * @returns a function that removes the mapping again
 * @throws ConfigurationError `MAPPING_CONFLICT`
 */
export function registerMapping(streamArn: string, handler: unknown, file: string | undefined): () => void {
  const streams = streamsByHandler.get(handler) ?? new Set();
  if (streams.has(streamArn)) refuse(`an event source mapping between ${streamArn} and this handler`);
  if (files.has(file)) refuse(`an event source mapping with the checkpointFile ${file}`);
  streamsByHandler.set(handler, streams.add(streamArn));
  if (file !== undefined) files.add(file);
  return () => {
    streams.delete(streamArn);
    files.delete(file);
  };
}

function refuse(what: string): never {
  throw new ConfigurationError(
    'MAPPING_CONFLICT',
    `this process runs ${what} already. Stop it first, or use it.`,
    { owner: 'startEventSourceMapping' },
  );
}
