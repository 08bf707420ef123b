import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { InvoiceStack } from './invoice-stack.ts';

const app = new App();
new InvoiceStack(app, 'Invoices');
const { stacks } = app.synth();

// The CDK's command line takes it from here. Without it, this shows what would be deployed.
if (process.env.CDK_CLI_VERSION === undefined) {
  for (const { templateFullPath } of stacks) {
    const { Resources } = JSON.parse(readFileSync(templateFullPath, 'utf8')) as {
      readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: unknown }>>;
    };
    for (const { Type, Properties } of Object.values(Resources)) {
      console.log(Type);
      if (Type === 'AWS::Lambda::EventSourceMapping') console.log(JSON.stringify(Properties, null, 2));
    }
  }
}
