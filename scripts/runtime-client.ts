// Installs AWS's runtime interface client for Node.js, the program that runs a handler on Lambda, for test/lambda. It is
// not a devDependency: its installation compiles C++ for a minute, and only Linux can run it. With `--missing` it prints the
// Debian packages that the installation needs and that are not there, and installs nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { arch, argv, env, exit, platform, stderr, stdout, versions } from 'node:process';

const VERSION = '4.0.2';

/** The folder of the installation. The addon uses Node-API, so one compilation fits every version of Node. */
const FOLDER: string =
  env.RUNTIME_CLIENT_FOLDER ?? join(tmpdir(), `streamlane-aws-lambda-ric-${VERSION}-${arch}`);

/** The program that asks the Runtime API for events, and answers them. */
export const runtimeClient: string = join(FOLDER, 'node_modules/aws-lambda-ric/index.mjs');

/** The commands that its installation runs, and the Debian package of each. */
const TOOLS: Readonly<Record<string, string>> = {
  cmake: 'cmake',
  'g++': 'g++',
  make: 'make',
  python3: 'python3',
  tar: 'tar',
  xz: 'xz-utils',
};

/** Installs it, unless it is installed. @throws Error that names the missing tools */
function install(): void {
  if (existsSync(runtimeClient)) return;
  if (platform !== 'linux') throw new Error('aws-lambda-ric runs on Linux only. Run these tests there.');
  const missing = missingPackages();
  if (missing.length > 0) {
    throw new Error(
      `aws-lambda-ric cannot be compiled: tools are missing. Run: apt-get install -y ${missing.join(' ')}`,
    );
  }
  mkdirSync(dirname(FOLDER), { recursive: true });
  // Moved at the end, so that an installation which was stopped is not taken for a whole one.
  const folder = mkdtempSync(`${FOLDER}-`);
  try {
    const manifest = { private: true, allowScripts: { 'aws-lambda-ric': true } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    const {
      status,
      stdout: output,
      stderr: errors,
    } = spawnSync('npm', [...args, `aws-lambda-ric@${VERSION}`], {
      cwd: folder,
      // Variables of the npm that runs this script would send the installation elsewhere.
      env: { ...withoutNpm(env), ...headers() },
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    if (status !== 0) throw new Error(`aws-lambda-ric was not installed:\n${lastLines(output + errors)}`);
    try {
      renameSync(folder, FOLDER);
    } catch (error) {
      if (!existsSync(runtimeClient)) throw error; // else another process was faster
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The Debian packages of the tools that are not on the path. None are needed once it is installed. */
function missingPackages(): readonly string[] {
  if (existsSync(runtimeClient)) return [];
  return Object.entries(TOOLS).flatMap(([tool, name]) => (commandsNamed(tool).length === 0 ? [name] : []));
}

/** Node's headers where they are on this machine: node-gyp would download them. */
function headers(): Readonly<Record<string, string>> {
  const [folder] = commandsNamed('node')
    .map((path) => dirname(dirname(realpathSync(path))))
    .filter((path) => existsSync(join(path, 'include/node/node_api.h')));
  return folder === undefined ? {} : { npm_config_nodedir: folder };
}

/** The files of this name on the path. */
function commandsNamed(name: string): readonly string[] {
  const folders = (env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).filter((path) => existsSync(path));
}

function withoutNpm(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(variables).filter(
    ([name]) =>
      !/^npm_/i.test(name) || /registry|proxy|cafile|userconfig|globalconfig|npm_config_cache/i.test(name),
  );
  return Object.fromEntries(kept);
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-30).join('\n');
}

if (import.meta.filename === argv[1] && argv[2] === '--missing') {
  stdout.write(missingPackages().join('\n'));
} else if (import.meta.filename === argv[1]) {
  try {
    const startedAt = performance.now();
    install();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    stderr.write(`aws-lambda-ric ${VERSION}, Node ${versions.node}: ready after ${seconds} s\n`);
  } catch (error) {
    stderr.write(`${(error as Error).message}\n`);
    exit(1);
  }
}
