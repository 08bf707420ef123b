// node write-mapping.ts <example>: runs the script `mapping` of an example in a clone, where npm does not link the command `streamlane`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const [, , example = ''] = argv;
const cwd = join(import.meta.dirname, example);
const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
const command = fileURLToPath(new URL('dist/cli/main.js', import.meta.resolve('streamlane/package.json')));
const streamlane = `streamlane() { '${execPath}' '${command}' "$@"; }`;
execFileSync('sh', ['-c', `${streamlane}\n${scripts.mapping}`], { cwd, stdio: 'inherit' });
