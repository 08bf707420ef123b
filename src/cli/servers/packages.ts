import { createRequire } from 'node:module';
import { dynoxideBinary } from '../../emulators/dynoxide-binary.ts';
import { ConfigurationError } from '../../errors.ts';
import { failure } from '../errors/cli-error.ts';

/** The clients of the SDK that a command uses. */
export const TABLES: readonly string[] = ['@aws-sdk/client-dynamodb'];
export const STREAMS: readonly string[] = [...TABLES, '@aws-sdk/client-dynamodb-streams'];

/**
 * Checks that everything a command needs is installed, before it begins: one message names all that is missing.
 *
 * @param embedded whether it starts embedded servers
 * @param subject what needs them, as the beginning of a sentence
 * @throws CliError
 */
export function requirePackages(
  names: readonly string[],
  embedded: boolean,
  installed: (name: string) => boolean = isInstalled,
  subject = 'This command',
): void {
  const missing = [...new Set(names)].filter((name) => !installed(name));
  const list = missing.join(', ').replace(/, ([^,]*)$/, ' and $1');
  if (embedded && !(hasDynoxide() && installed('fauxqs'))) {
    const packages = missing.length === 0 ? 'The embedded servers' : `${list} and the embedded servers`;
    throw failure(
      `${packages} are not installed. ${remedyFor(`${process.platform}-${process.arch}`, missing)}`,
      new ConfigurationError('MISSING_PEER', 'the embedded servers are not installed'),
    );
  }
  if (missing.length === 0) return;
  const [are, them] = missing.length === 1 ? ['is', 'it'] : ['are', 'them'];
  throw failure(
    `${subject} needs ${list}, which ${are} not installed. Install ${them} with: npm install --save-dev ${missing.join(' ')}`,
  );
}

/**
 * Says what to do without embedded servers. Only those for Linux on x64 are tested.
 *
 * @param missing other packages that the command lacks
 */
export function remedyFor(platform: string, missing: readonly string[] = []): string {
  const packages = (dynoxide: string): string => [...missing, dynoxide, 'fauxqs'].join(' ');
  return platform === 'linux-x64'
    ? `Install them with: npm install --save-dev ${packages('@dynoxide/linux-x64')}, ` +
        'or name a server with --endpoint, or AWS with --profile or --aws.'
    : `On ${platform}, name a server of your own with --endpoint, such as that of moto ` +
        '(pip install "moto[server]"; moto_server -p 5000), or AWS with --profile or --aws. ' +
        `If Dynoxide has a binary for the platform, this installs them: npm install --save-dev ${packages('dynoxide')}`;
}

function hasDynoxide(): boolean {
  try {
    return dynoxideBinary() !== '';
  } catch {
    return false;
  }
}

/** Checks if streamlane finds a package from where it is installed. */
export function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch (error) {
    // A package that only import() finds is there.
    return (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND';
  }
}
