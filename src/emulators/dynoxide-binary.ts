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
    [
      `Dynoxide, a DynamoDB server with streams, is not installed for ${platform}. Install it with`,
      '',
      '  npm install --save-dev @dynoxide/linux-x64   on Linux, x64',
      '  npm install --save-dev dynoxide              on other platforms',
      '',
      'or use servers that run already, such as DynamoDB Local or LocalStack, by setting',
      '',
      '  AWS_ENDPOINT_URL_DYNAMODB  AWS_ENDPOINT_URL_DYNAMODB_STREAMS  AWS_ENDPOINT_URL_SNS  AWS_ENDPOINT_URL_SQS',
    ].join('\n'),
  );
}
