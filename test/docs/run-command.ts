import { execFile } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './markdown.ts';
import type { SnippetProject } from './snippets.ts';

/**
 * Runs a line of a page as a reader does, beside the files that the page names, with the commands of Node and of the installed packages.
 *
 * @returns its stdout
 */
export async function runCommand(project: SnippetProject, page: string, line: string): Promise<string> {
  const PATH = [dirname(process.execPath), join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const { stdout } = await promisify(execFile)('sh', ['-c', line.replace(/^npx /, '')], {
    cwd: join(project.directory, page),
    env: { PATH },
  });
  return stdout;
}
