import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type CfnResource, Stack, Token } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { onTestFinished } from 'vitest';

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A template as it was read, and what the CDK does not know of it. */
export interface ValidTemplate extends Template {
  /** Paths of properties that the resource's type has not. */
  readonly unknown: readonly string[];
}

/**
 * Checks a template of CloudFormation, in YAML or JSON, without AWS: each reference names a resource and an attribute that its type has;
 * values have the types and the ranges of AWS's schema.
 *
 * @throws Error of the CDK
 */
export function validateTemplate(text: string): ValidTemplate {
  const directory = mkdtempSync(join(tmpdir(), 'streamlane-template-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const templateFile = join(directory, 'template.yaml');
  writeFileSync(templateFile, text);
  const app = new App({
    outdir: join(directory, 'out'),
    context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
  const included = new CfnInclude(new Stack(app, 'Stack'), 'Template', { templateFile });
  const { template } = app.synth().getStackByName('Stack') as { readonly template: Template };
  const unknown = Object.keys(template.Resources).flatMap((id) => {
    // The CDK keeps what it does not know as an override.
    const { rawOverrides } = included.getResource(id) as CfnResource & { readonly rawOverrides: object };
    return leavesOf(rawOverrides, id);
  });
  return { ...template, unknown };
}

/** Stands for a mapping that a tool makes of an event of a function. */
export const MADE_MAPPING: Resource = {
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    FunctionName: 'function',
    EventSourceArn:
      'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000',
    StartingPosition: 'LATEST',
  },
};

/** Adds the mapping to a template of SAM that SAM makes of an event, named by function and event. */
export function withMadeMapping(template: string, logicalId: string): string {
  return template.replace(
    '\nResources:\n',
    `\nResources:\n  ${logicalId}: ${JSON.stringify(MADE_MAPPING)}\n`,
  );
}

function leavesOf(value: unknown, path: string): readonly string[] {
  // A reference is a token, and holds the whole app.
  const isLeaf =
    typeof value !== 'object' || value === null || Array.isArray(value) || Token.isUnresolved(value);
  if (isLeaf) return [path];
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, `${path}.${name}`));
}
