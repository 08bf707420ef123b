import type { TemplateReference } from '../router-mapping.ts';

/** A statement of a policy of IAM. */
export interface PolicyStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: TemplateReference;
}

/** A policy of IAM that belongs to a resource. */
export interface ResourcePolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly (PolicyStatement & {
    readonly Principal: { readonly AWS: TemplateReference };
  })[];
}

/** Allows actions on a resource. */
export function allow(actions: readonly string[], resource: TemplateReference): PolicyStatement {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}
