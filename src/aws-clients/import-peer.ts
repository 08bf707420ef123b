import { ConfigurationError } from '../errors.ts';

/** Loads an optional peer: only users of a feature that needs it have to install it. */
export async function importPeer<Module>(
  name: string,
  neededFor: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new ConfigurationError(
      'MISSING_PEER',
      `${neededFor} needs ${name}, which is not installed. Install it with: npm install --save-dev ${name}`,
      { cause },
    );
  }
}
