import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DynamoDBBatchResponse } from 'aws-lambda';
import ts from 'typescript';
import { type Block, ROOT } from './markdown.ts';

/** The result of a snippet. */
export interface SnippetRun {
  readonly exitCode: number;
  /** The response of its `handler`, null for none; undefined if it exports no handler. */
  readonly response: DynamoDBBatchResponse | null | undefined;
  readonly output: string;
}

/** A user's project: the snippets of the pages, and streamlane as it was built. */
export interface SnippetProject {
  readonly directory: string;
  /** Returns the compiler's errors about a snippet, one line each. */
  errorsOf(block: Block): string[];
  run(block: Block, env?: Readonly<Record<string, string>>): Promise<SnippetRun>;
  remove(): void;
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  lib: ['lib.es2024.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
};

/** Writes the snippets to a directory outside the repository and compiles them, all in one program. */
export function createSnippetProject(blocks: readonly Block[]): SnippetProject {
  const directory = mkdtempSync(join(tmpdir(), 'streamlane-docs-'));
  const fileOf = (block: Block): string => join(directory, block.page, `line-${block.line}.ts`);
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(directory, 'package-lock.json'), '{}');
  writeFileSync(
    join(directory, 'vitest.config.js'),
    "export default { test: { include: ['**/line-*.ts'] } };\n",
  );
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  // A block that begins with `// invoice.ts` is that file, for the blocks of all pages; of two, that of the page itself.
  const named = blocks.flatMap(({ page, code }) => {
    const name = /^\/\/ ([\w-]+\.ts)\n/.exec(code)?.[1];
    return name === undefined ? [] : [{ page, name, code }];
  });
  for (const block of blocks) {
    mkdirSync(join(directory, block.page), { recursive: true });
    writeFileSync(fileOf(block), block.code);
    const ownLast = named.toSorted((a, b) => Number(a.page === block.page) - Number(b.page === block.page));
    for (const { name, code } of ownLast) writeFileSync(join(directory, block.page, name), code);
  }
  const program = ts.createProgram(blocks.map(fileOf), {
    ...OPTIONS,
    typeRoots: [join(ROOT, 'node_modules/@types')],
  });
  const globalErrors = program.getGlobalDiagnostics();

  return {
    directory,
    errorsOf(block) {
      const source = program.getSourceFile(fileOf(block));
      return [
        ...globalErrors,
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ].map((error) => describe(block, source, error));
    },
    run: (block, env = {}) => runSnippet(directory, fileOf(block), block, env),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

function describe(block: Block, source: ts.SourceFile | undefined, error: ts.Diagnostic): string {
  const { line } = source?.getLineAndCharacterOfPosition(error.start ?? 0) ?? { line: 0 };
  return `${block.page}:${block.line + line}: ${ts.flattenDiagnosticMessageText(error.messageText, '\n')}`;
}

const RUNNER = fileURLToPath(new URL('run-snippet.ts', import.meta.url));

const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** Runs a snippet in a process of its own, as pasted: Node strips the types. A test is run by Vitest. */
function runSnippet(
  directory: string,
  file: string,
  block: Block,
  env: Readonly<Record<string, string>>,
): Promise<SnippetRun> {
  const viewType = /viewType: '(\w+)'/.exec(block.code)?.[1] ?? 'NEW_AND_OLD_IMAGES';
  const isTest = /from 'vitest'/.test(block.code);
  // The folder, as Vitest would take a file of docs/README.md for one of README.md too.
  const args = isTest
    ? [VITEST, 'run', '--root', directory, '--dir', dirname(file), file]
    : [RUNNER, file, viewType];
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      args,
      { cwd: directory, env: { PATH: process.env.PATH, ...env }, timeout: 20_000 },
      (error, stdout, stderr) => {
        const response = /^response: (.+)$/m.exec(stdout)?.[1];
        resolve({
          exitCode: error === null ? 0 : (child.exitCode ?? 1),
          response: response === undefined ? undefined : JSON.parse(response),
          output: stdout + stderr,
        });
      },
    );
  });
}
