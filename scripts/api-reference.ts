// Writes the reference of the public API: the Markdown pages in docs/api, from the comments in `src`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { argv, exit } from 'node:process';
import {
  Application,
  Converter,
  type DeclarationReflection,
  Logger,
  LogLevel,
  type ProjectReflection,
  ReflectionKind,
  RendererEvent,
} from 'typedoc';

const ROOT: string = resolve(import.meta.dirname, '..');

/** The folder of the pages. */
export const REFERENCE_FOLDER: string = join(ROOT, 'docs/api');

/** Keeps problems, and prints nothing. */
class Problems extends Logger {
  readonly found: string[] = [];

  override log(message: string, level: LogLevel): void {
    if (level < LogLevel.Warn) return;
    // A property of an object type that is written in place is described by the member with that type.
    if (message.includes('.__type') && message.endsWith('does not have any documentation')) return;
    this.found.push(message.replaceAll(`${ROOT}/`, ''));
  }
}

/**
 * Writes one page for each entry point of package.json, and an index.
 *
 * @returns the problems: exports and members without a comment, and links that lead nowhere
 */
export async function writeReference(folder: string): Promise<readonly string[]> {
  const entries = entryPoints();
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    name: 'streamlane',
    out: folder,
    logLevel: 'Warn',
    entryPoints: [...entries.keys()],
    tsconfig: join(ROOT, 'tsconfig.build.json'),
    basePath: ROOT,
    readme: 'none',
    // `npm run typecheck` does it.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    // Neither line numbers, which each commit changes, nor the address of a repository.
    disableSources: true,
    disableGit: true,
    validation: { notDocumented: true, invalidLink: true, notExported: false, rewrittenLink: true },
    requiredToBeDocumented: [
      'Function',
      'Class',
      'Interface',
      'TypeAlias',
      'Variable',
      'Enum',
      'EnumMember',
      'Property',
      'Method',
      'Accessor',
    ],
    ...LAYOUT,
  });
  const problems = new Problems();
  app.logger = problems;
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of Object.values(project.reflections)) {
      if (reflection.kind === ReflectionKind.Module) {
        const source = project.getSymbolIdFromReflection(reflection)?.fileName ?? '';
        reflection.name = entries.get(source) ?? reflection.name;
      }
      // Such members are for streamlane itself, and carry types.
      if (reflection.name.startsWith('~')) project.removeReflection(reflection);
    }
  });
  const project = await app.convert();
  if (project === undefined) return problems.found;
  app.validate(project);
  let index = '';
  // The router is there as long as pages are written.
  app.renderer.on(RendererEvent.END, () => {
    index = indexOf(project, (reflection) => app.renderer.router?.getFullUrl(reflection) ?? '');
  });
  await app.generateOutputs(project);
  writeFileSync(join(folder, 'README.md'), index);
  return problems.found;
}

/** The page with the exports of all entry points: values first, then types. */
function indexOf(project: ProjectReflection, urlOf: (reflection: DeclarationReflection) => string): string {
  const link = (reflection: DeclarationReflection): string =>
    `[\`${reflection.name}\`](${urlOf(reflection)})`;
  const sections = (project.children ?? []).map((module) => {
    const exported = module.children ?? [];
    const values = exported.filter(({ kind }) => VALUES.includes(kind)).map(link);
    const types = exported.filter(({ kind }) => TYPES.includes(kind)).map(link);
    const lines = [values, types].filter((links) => links.length > 0).map((links) => links.join(', '));
    return [`## [${module.name}](${urlOf(module)})`, ...lines].join('\n\n');
  });
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

const VALUES: readonly ReflectionKind[] = [
  ReflectionKind.Function,
  ReflectionKind.Variable,
  ReflectionKind.Class,
];

/** A re-export is in the list of the entry point that it comes from. */
const TYPES: readonly ReflectionKind[] = [ReflectionKind.Interface, ReflectionKind.TypeAlias];

const INTRODUCTION = `# API reference

Each export of each entry point, with its types, defaults and errors. \`npm run api-reference\` writes these pages from the comments in
the sources. The [guides](../README.md) explain how the parts work together.`;

const LAYOUT: object = {
  router: 'module',
  useHTMLAnchors: true,
  groupOrder: ['Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases'],
  kindSortOrder: ['Function', 'Variable', 'Class', 'Interface', 'TypeAlias'],
  hideGenerator: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  sort: ['alphabetical'],
  parametersFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
};

/** The names of the entry points, by the files in `src` that they are compiled from. */
function entryPoints(): ReadonlyMap<string, string> {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, { readonly types?: string }>>;
  };
  return new Map(
    Object.entries(exports).flatMap(([subpath, { types }]) => {
      const source = types?.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts');
      return source === undefined ? [] : [[join(ROOT, source), join('streamlane', subpath)] as const];
    }),
  );
}

if (argv[1] === import.meta.filename) {
  const problems = await writeReference(REFERENCE_FOLDER);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) exit(1);
}
