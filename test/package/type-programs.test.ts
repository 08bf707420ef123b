import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import newest from 'typescript';
import { describe, expect, test } from 'vitest';

type TypeScript = typeof newest;

/** Another version of TypeScript, as a path to the package. As a dependency it would replace the command `tsc`. */
const { OTHER_TYPESCRIPT } = process.env;
const ts =
  OTHER_TYPESCRIPT === undefined ? newest : (createRequire(import.meta.url)(OTHER_TYPESCRIPT) as TypeScript);

/** Lies in the package, so that `streamlane` is the build. */
const PROGRAM = fileURLToPath(new URL('programs/program.ts', import.meta.url));

const OPTIONS: newest.CompilerOptions = {
  target: newest.ScriptTarget.ES2022,
  module: newest.ModuleKind.NodeNext,
  moduleResolution: newest.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
};

function programOf(name: string): string {
  return readFileSync(new URL(`programs/${name}.txt`, import.meta.url), 'utf8');
}

/** The errors of a program, each with the text of its line, in the order of lines. */
function errorsOf(text: string): { line: string; message: string }[] {
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => file === PROGRAM || fileExists(file);
  host.getSourceFile = (file, ...options) =>
    file === PROGRAM
      ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022)
      : getSourceFile(file, ...options);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([PROGRAM], OPTIONS, host))
    .map(({ file, start, messageText }) => ({
      line:
        file?.fileName === PROGRAM
          ? (text.split('\n')[file.getLineAndCharacterOfPosition(start ?? 0).line] ?? '')
          : '',
      message: ts.flattenDiagnosticMessageText(messageText, ' '),
    }));
}

describe.each([
  ['conditions', 31],
  ['entities', 25],
])('TypeScript, in programs of %s,', (name, atLeast) => {
  test('accepts the right ones', () => {
    expect(errorsOf(programOf(`right-${name}`))).toEqual([]);
  });

  test('finds one error in each wrong line', () => {
    const text = programOf(`wrong-${name}`);
    const wrong = text.slice(text.indexOf('// Each')).split('\n').slice(1).filter(Boolean);
    expect(wrong.length).toBeGreaterThanOrEqual(atLeast);
    expect(errorsOf(text).map(({ line }) => line)).toEqual(wrong);
  });
});

describe('an editor', () => {
  test.each([
    ["changed('¦')", ['status', 'total', 'address', 'address.country', 'note']],
    ["changed('address.¦')", ['address.country']],
    ["changed(['status', '¦'])", ['total', 'address.country']],
    ["changed('status', { to: '¦' })", ['OPEN', 'PAID']],
    ['matches({ newImage: { ¦ } })', ['status', 'total', 'address']],
  ])('completes %s', (call, expected) => {
    const [before = '', after] = `
      import { changed, matches, streamRouter } from 'streamlane';
      interface Order { status: 'OPEN' | 'PAID'; total: number; address: { country: string }; note?: string }
      streamRouter<Order>().onModify(${call}, ({ newImage }) => newImage.total);`.split('¦');
    const text = before + after;
    const service = newest.createLanguageService({
      getCompilationSettings: () => OPTIONS,
      getScriptFileNames: () => [PROGRAM],
      getScriptVersion: () => '1',
      getScriptSnapshot: (file) =>
        newest.ScriptSnapshot.fromString(file === PROGRAM ? text : (newest.sys.readFile(file) ?? '')),
      getCurrentDirectory: () => fileURLToPath(new URL('.', import.meta.url)),
      getDefaultLibFileName: newest.getDefaultLibFilePath,
      fileExists: (file) => file === PROGRAM || newest.sys.fileExists(file),
      readFile: newest.sys.readFile,
      readDirectory: newest.sys.readDirectory,
      directoryExists: newest.sys.directoryExists,
    });
    const names = service
      .getCompletionsAtPosition(PROGRAM, before.length, {})
      ?.entries.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(expected));
  });
});
