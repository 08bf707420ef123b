import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

/**
 * Gives those declaration files that no public subpath leads to. An installed package has no use for them.
 *
 * @param declarations all declaration files below `dist`, as paths from the root
 */
export function unreachableTypes(declarations: readonly string[], root: string): readonly string[] {
  const { exports }: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
    for (const { fileName } of importedFiles) {
      // tsc leaves the source's extension in the imports of declarations.
      if (fileName.startsWith('.')) visit(join(dirname(file), fileName.replace(/(\.d)?\.[jt]s$/, '.d.ts')));
    }
  };
  for (const target of Object.values(exports)) {
    if (typeof target === 'object') visit(join(target.types));
  }
  return declarations.filter((file) => !reached.has(file));
}
