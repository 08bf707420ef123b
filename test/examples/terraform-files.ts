/** A block of Terraform: `resource "aws_sqs_queue" "discarded" { ... }`. */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  /** The source text of each argument. */
  readonly arguments: Readonly<Record<string, string>>;
  readonly blocks: readonly Block[];
}

/** A reference to a resource or a data source: `aws_sqs_queue.discarded.arn`. */
export interface Reference {
  /** `aws_sqs_queue.discarded`, `data.archive_file.on_invoice` */
  readonly target: string;
  /** Undefined for the whole resource. */
  readonly attribute: string | undefined;
}

const OPENS = /^(\w+)((?: "[^"]+")*) \{$/;
const ARGUMENT = /^(\w+)\s+= (.*)$/;

/** Reads a file as `terraform fmt` writes it. Comments are left out. */
export function blocksOf(text: string): readonly Block[] {
  const lines = withoutComments(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const { blocks, arguments: stray } = bodyOf(lines, '');
  if (Object.keys(stray).length > 0) throw new Error(`arguments outside a block: ${Object.keys(stray)}`);
  return blocks;
}

function bodyOf(lines: string[], end: string): Pick<Block, 'arguments' | 'blocks'> {
  const [values, blocks]: [Record<string, string>, Block[]] = [{}, []];
  for (let line = lines.shift() ?? ''; line !== end; line = lines.shift() ?? '') {
    const [, type, labels = ''] = OPENS.exec(line) ?? [];
    const [, name, first = ''] = ARGUMENT.exec(line) ?? [];
    if (type !== undefined) {
      const quoted = [...labels.matchAll(/"([^"]+)"/g)].map(([, label = '']) => label);
      blocks.push({ type, labels: quoted, ...bodyOf(lines, '}') });
    } else if (name !== undefined) {
      let value = first;
      while (isOpen(value)) value += ` ${lines.shift()}`;
      values[name] = value;
    } else throw new Error(`neither an argument nor a block: ${line}`);
  }
  return { arguments: values, blocks };
}

function isOpen(value: string): boolean {
  const structure = value.replaceAll(/"[^"]*"/g, '');
  const count = (signs: RegExp): number => structure.match(signs)?.length ?? 0;
  return count(/[[{(]/g) > count(/[\]})]/g);
}

/** The references in a file, or in the text of a JSON file. */
export function referencesIn(text: string): readonly Reference[] {
  const found = withoutComments(text).matchAll(
    /(?<![\w."])((?:data\.)?(?:aws|archive)_\w+\.\w+)(?:\.(\w+))?/g,
  );
  return [...found].map(([, target = '', attribute]) => ({ target, attribute }));
}

function withoutComments(text: string): string {
  return text.replaceAll(/(^|\s)#.*$/gm, '$1');
}
