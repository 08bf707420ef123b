import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configurationsOf, configurationText } from './project.ts';

// https://nodejs.org/api/errors.html
const CODES = [
  'ERR_IMPORT_ATTRIBUTE_MISSING',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
];

// CommonJS where Node takes a file for an ES module, and the other way round.
const OTHER_FORMAT = /is not defined in ES module scope|^Cannot use import statement outside a module/;

/**
 * Checks if a module that Node could not load from its source would load from a bundle: if nothing is wrong with it, but Node
 * only strips types.
 *
 * @param path the module that was to be loaded
 */
export function needsBundle(path: string, { code, message, stack }: NodeJS.ErrnoException): boolean {
  if (CODES.includes(`${code}`) || OTHER_FORMAT.test(message)) return true;
  if (/^(?:ERR_)?MODULE_NOT_FOUND$/.test(`${code}`)) return isFoundByBundlers(path, message);
  const [, specifier, name] =
    /^The requested module '(.+)' does not provide an export named '(.+)'/.exec(message) ?? [];
  if (specifier !== undefined) return isType(specifier, `${name}`, placeOf(`${stack}`) ?? path);
  return /^Invalid or unexpected token/.test(message) && /^\s*@\w/m.test(readFileSync(path, 'utf8')); // a decorator
}

function isFoundByBundlers(path: string, message: string): boolean {
  const [, kind, name] = /^Cannot find (module|package) '([^']+)'/.exec(message) ?? [];
  if (name === undefined) return false;
  const [, importer = resolve(path)] = /(?: imported from |\nRequire stack:\n- )(.+)/.exec(message) ?? [];
  const from = fileOf(importer);
  if (kind === 'module' && /^\.{0,2}\//.test(name)) return isFile(resolve(dirname(from), name));
  return isAlias(name, from) || canResolve(`@types/${name}/package.json`, from);
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.json', '/index.ts', '/index.js'];

/** Finds `./util`, `./util.js` and `./util/` where there is a `util.ts`. */
function isFile(path: string): boolean {
  const stems = [path, path.slice(0, path.length - extname(path).length)];
  return stems.some((stem) => EXTENSIONS.some((extension) => existsSync(`${stem}${extension}`)));
}

/** Checks if a name can mean a path of tsconfig.json. */
function isAlias(name: string, from: string): boolean {
  if (!/^@?\w/.test(name)) return true; // `~/util`, `@/util`
  const files = [...configurationsOf([from])].filter((file) => !file.endsWith('package.json'));
  const texts = files.map(configurationText);
  return texts.some((text) => [`"${name}"`, `"${name}/`, '"baseUrl"'].some((part) => text.includes(part)));
}

function canResolve(specifier: string, from: string): boolean {
  try {
    createRequire(from).resolve(specifier);
    return true;
  } catch {
    return false;
  }
}

/** Checks if an import without `type` is one of a type. Of a package, it is taken for one. */
function isType(specifier: string, name: string, from: string): boolean {
  if (!specifier.startsWith('.')) return !specifier.startsWith('node:');
  const file = join(dirname(from), specifier);
  return new RegExp(`\\b(?:interface|type)\\s+${name}\\b`).test(
    existsSync(file) ? readFileSync(file, 'utf8') : '',
  );
}

/** The file that Node names in the first line of a stack, above the code. */
function placeOf(stack: string): string | undefined {
  const [, file] = /^((?:file:\/\/)?\S+):\d+$/m.exec(stack) ?? [];
  return file === undefined ? undefined : fileOf(file);
}

function fileOf(place: string): string {
  return place.startsWith('file:') ? fileURLToPath(place) : place;
}
