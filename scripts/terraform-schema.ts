// node scripts/terraform-schema.ts <folder of @cdktf/provider-aws> <resource...>: prints the names of the arguments and attributes of
// resources of Terraform's AWS provider. test/examples/terraform-schema.json was made with it: the package takes 37 MB, so it is not installed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import ts from 'typescript';

/** The arguments of a resource, or those of a block in one. */
export interface Arguments {
  readonly [name: string]: { readonly required?: true; readonly block?: Arguments };
}

/** The names that a type of resource has. */
export interface ResourceSchema {
  readonly arguments: Arguments;
  readonly attributes: readonly string[];
}

function schemaOf(folder: string, type: string): ResourceSchema {
  const path = join(folder, 'lib', type.replace('aws_', '').replaceAll('_', '-'), 'index.d.ts');
  const { statements } = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const interfaces = statements.filter(ts.isInterfaceDeclaration);
  const resource = statements
    .filter(ts.isClassDeclaration)
    .find((node) => node.getText().includes('extends cdktf.TerraformResource '));
  const config = interfaces.find((node) => node.getText().includes('extends cdktf.TerraformMetaArguments '));
  if (resource === undefined || config === undefined) throw new Error(`${path} has no resource`);
  const attributes = resource.members
    .filter(ts.isGetAccessorDeclaration)
    .map((member) => member.name.getText().replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
    .filter((name) => !name.endsWith('_input'));
  return { arguments: argumentsOf(config, interfaces), attributes };
}

function argumentsOf(
  node: ts.InterfaceDeclaration,
  interfaces: readonly ts.InterfaceDeclaration[],
): Arguments {
  return Object.fromEntries(
    node.members.filter(ts.isPropertySignature).map((member) => {
      // The comment has the name as Terraform writes it.
      const [, name = member.name.getText()] =
        /\/docs\/resources\/\w+#(\w+)/.exec(member.getFullText()) ?? [];
      const [type] = /^\w+/.exec(`${member.type?.getText()}`) ?? [];
      const block = interfaces.find(({ name: { text } }) => text === type);
      return [
        name,
        {
          ...(member.questionToken === undefined && { required: true as const }),
          ...(block !== undefined && { block: argumentsOf(block, interfaces) }),
        },
      ];
    }),
  );
}

const [, , folder = '', ...types] = argv;
console.log(JSON.stringify(Object.fromEntries(types.map((type) => [type, schemaOf(folder, type)]))));
