import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root: string = resolve(import.meta.dirname, '../..');
const dist: string = join(root, 'dist');

const printer: ts.Printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/**
 * The public API as text: for each subpath its exports with their declarations, by name. Declarations that these use and
 * that have no export of their own follow at the end. So every change of the API changes the text.
 */
export function apiReport(): string {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, { types?: string }>;
  };
  const subpaths = Object.entries(exports).flatMap(([subpath, { types }]) =>
    types === undefined
      ? []
      : [{ name: join('streamlane', subpath).replaceAll('\\', '/'), file: join(root, types) }],
  );
  const program = ts.createProgram(
    subpaths.map(({ file }) => file),
    OPTIONS,
    relativeOnly(),
  );
  const checker = program.getTypeChecker();

  const homes = new Map<ts.Symbol, string>();
  const sections = subpaths.map(({ name, file }) => {
    const source = program.getSourceFile(file) as ts.SourceFile;
    // Matchers are declared as a part of Vitest's module.
    const added = source.statements.filter(ts.isModuleDeclaration).map((statement) => textOf(statement));
    const module = checker.getSymbolAtLocation(source);
    if (module === undefined) return `# ${name}\n\n${added.join('\n')}`;
    const lines = checker
      .getExportsOfModule(module)
      .sort(byName)
      .map((symbol) => {
        const original = resolved(symbol, checker);
        if (original.declarations === undefined) return `${symbol.name}: see ${packageOf(symbol)}\n`;
        const home = homes.get(original);
        if (home !== undefined) return `${symbol.name}: see ${home}\n`;
        homes.set(original, `${symbol.name} of ${name}`);
        return declarationsOf(original, symbol.name);
      });
    return `# ${name}\n\n${[...lines, ...added].join('\n')}`;
  });

  const used = new Set(homes.keys());
  for (const symbol of used) for (const other of usedBy(symbol, checker)) used.add(other);
  const inner = [...used].filter((symbol) => !homes.has(symbol)).sort(byName);
  const last = `# Used above, without an export\n\n${inner.map((symbol) => declarationsOf(symbol)).join('\n')}`;
  return [...sections, last].join('\n');
}

/** The names of our own files are all that is looked up: the text needs no type of another package. */
const OPTIONS: ts.CompilerOptions = { noLib: true, types: [], module: ts.ModuleKind.ESNext };

function relativeOnly(): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => {
      if (!text.startsWith('.')) return { resolvedModule: undefined };
      const resolvedFileName = resolve(from, '..', text.replace(/\.ts$/, '.d.ts').replace(/\.js$/, '.d.ts'));
      return { resolvedModule: { resolvedFileName, extension: ts.Extension.Dts } };
    });
  host.resolveTypeReferenceDirectiveReferences = (names) =>
    names.map(() => ({ resolvedTypeReferenceDirective: undefined }));
  return host;
}

function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The package that declares an export which is passed on. */
function packageOf(symbol: ts.Symbol): string {
  const specifier = symbol.declarations?.find(ts.isExportSpecifier)?.parent.parent.moduleSpecifier;
  return specifier === undefined ? 'an unknown package' : (specifier as ts.StringLiteral).text;
}

function declarationsOf(symbol: ts.Symbol, name: string = symbol.name): string {
  const alias = name === symbol.name ? '' : `${name} = `;
  return (symbol.declarations ?? [])
    .map((declaration) => {
      const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
      return `${alias}${textOf(statement)}`;
    })
    .join('');
}

function textOf(node: ts.Node): string {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile());
  return `${text.replace(/^export /, '').replace(/^declare /, '')}\n`;
}

/** Symbols of our own files that the declarations of a symbol mention. */
function usedBy(symbol: ts.Symbol, checker: ts.TypeChecker): readonly ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const mentioned = checker.getSymbolAtLocation(node);
      const original = mentioned && resolved(mentioned, checker);
      if (original?.declarations?.some(isTopLevel)) found.push(original);
    }
    ts.forEachChild(node, visit);
  };
  symbol.declarations?.forEach(visit);
  return found;
}

function isTopLevel(declaration: ts.Declaration): boolean {
  if (relative(dist, declaration.getSourceFile().fileName).startsWith('..')) return false;
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return ts.isSourceFile(statement.parent);
}

function byName(one: ts.Symbol, other: ts.Symbol): number {
  return one.name < other.name ? -1 : 1;
}
