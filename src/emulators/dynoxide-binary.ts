import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '../errors.ts';

/**
 * The binary that npm installed for this machine, either on its own or as a part of the package `dynoxide`: in
 * the project of the working directory, or beside this package.
 *
 * @throws ConfigurationError `MISSING_PEER`
 */
export function dynoxideBinary(platform: string = `${process.platform}-${process.arch}`): string {
  const manifest = `@dynoxide/${platform}/package.json`;
  for (const from of [pathToFileURL(join(process.cwd(), 'package.json')), import.meta.url]) {
    try {
      const name = platform.startsWith('win32') ? 'dynoxide.exe' : 'dynoxide';
      return join(dirname(createRequire(from).resolve(manifest)), name);
    } catch {} // not there
  }
  throw new ConfigurationError(
    'MISSING_PEER',
    `Dynoxide, a DynamoDB server with streams, is not installed for ${platform}. ${dynoxideRemedy(platform)}`,
  );
}

/** Says what to do without Dynoxide. */
export function dynoxideRemedy(platform: string): string {
  const own = [
    'a server of your own, such as that of moto, a Python package:',
    '',
    '  pip install "moto[server]"',
    '  moto_server -p 5000',
    '',
    'and name it: by --endpoint http://127.0.0.1:5000, or by the variable AWS_ENDPOINT_URL.',
  ].join('\n');
  return platform === 'linux-x64'
    ? `Install it with\n\n  npm install --save-dev @dynoxide/linux-x64\n\nor use ${own}`
    : `It is tested on Linux, x64. On other platforms use ${own}\n\n` +
        'Dynoxide itself also has binaries for macOS, Windows on x64 and Linux on arm64. This installs one:\n\n  npm install --save-dev dynoxide';
}
