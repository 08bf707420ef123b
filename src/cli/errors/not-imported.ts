import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { isInstance, partOf } from '../../failure/content-free-cause.ts';
import { thrownText } from '../../failure/thrown-text.ts';
import { BundleError } from '../../local/source/bundle.ts';
import type { ModuleCode } from '../../local/source/module-code.ts';
import { needsBundle } from '../../local/source/needs-bundle.ts';
import { usageError } from './cli-error.ts';
import { placeIn } from './place-in.ts';

/** Explains why a module cannot be loaded, and says what to do. */
export async function notImported(path: string, cause: unknown, code?: ModuleCode): Promise<Error> {
  if (isInstance(cause, BundleError)) return notBundled(path, cause);
  const error = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  const { name, stack, message: text = thrownText(cause) } = error;
  // A sentence goes on behind it.
  const message = `${text}`.replace(/\.$/, '');
  if (code?.type === 'source' && isInstance(cause, Error) && needsBundle(path, cause)) {
    const reason = `Node does not load it from its source: ${message}${placed(placeInSource(`${stack}`))}`;
    const stop = reason.endsWith('?') ? '' : '.';
    return usageError(`${path} cannot be imported. ${reason}${stop} ${code.remedy}`, cause);
  }
  if (/^(?:ERR_)?MODULE_NOT_FOUND$/.test(`${error.code}`)) {
    return usageError(`${path} cannot be imported: ${message}. ${remedyFor(message)}`, cause);
  }
  if (name === 'SyntaxError') {
    // esbuild has read a bundle, so an import of a package is wrong, and the place would be one in the bundle.
    const isBundle = code?.type === 'bundle';
    const at = isBundle ? undefined : (placeInSource(`${stack}`) ?? (await placeOfSyntaxError(path)));
    const what = isBundle || / does not provide an export /.test(message) ? 'import' : 'syntax';
    return usageError(`${path} cannot be read: ${message}${placed(at)}. Correct the ${what}.`, cause);
  }
  const at = placeIn(String(partOf(cause, 'stack')));
  const hint = at === undefined ? '--verbose shows where' : '--verbose prints the stack';
  return usageError(`${path} throws when it is imported: ${message}${placed(at)}. ${hint}.`, cause);
}

function notBundled(path: string, cause: BundleError): Error {
  const { message, at } = cause;
  const said = `${message.replace(/\.$/, '')}${placed(at)}`;
  if (/^(?:Could not resolve|No (?:matching export|loader))/.test(message)) {
    return usageError(`${path} cannot be imported: ${said}. ${remedyFor(message)}`, cause);
  }
  return usageError(`${path} cannot be read: ${said}. Correct the syntax.`, cause);
}

/** The name of a missing package in the messages of Node and esbuild, without a path in the package. Files and aliases begin with other signs. */
const MISSING_PACKAGE =
  /(?:Cannot find (?:package|module)|Could not resolve) ['"]((?:@[\w.-]+\/)?\w[\w.-]*)(?:\/[^'"]*)?['"]/;

function remedyFor(message: string): string {
  const [, name] = MISSING_PACKAGE.exec(message) ?? [];
  return `Correct the import, or install ${name === undefined ? 'what it needs.' : `the package: npm install ${name}`}`;
}

function placed(at: string | undefined): string {
  return at === undefined ? '' : ` (${at})`;
}

/** Finds where Node says that a syntax error is: on a line of its own, above the code. */
function placeInSource(text: string): string | undefined {
  return /^(?:file:\/\/)?(\S+:\d+)$/m.exec(text)?.[1];
}

/** Of JavaScript, the error itself does not say it; Node prints it for the files that it checks. */
async function placeOfSyntaxError(path: string): Promise<string | undefined> {
  return promisify(execFile)(process.execPath, ['--check', resolve(path)]).then(
    () => undefined, // it is in a module that this one imports
    ({ stderr }: { readonly stderr: string }) => placeInSource(stderr),
  );
}
