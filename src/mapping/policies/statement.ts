import type { TemplateReference } from '../router-mapping.ts';

/** A statement of a policy of IAM. */
export interface PolicyStatement {
  /** The statement allows its actions. */
  readonly Effect: 'Allow';
  /** The actions of IAM, as in `sns:Publish`. */
  readonly Action: readonly string[];
  /** The ARN of the resource, or a reference to it in the template. */
  readonly Resource: TemplateReference;
}

/** A policy of IAM that belongs to a resource. */
export interface ResourcePolicy {
  /** The version of the policy language. */
  readonly Version: '2012-10-17';
  /** The statements, each with the principal that it allows. */
  readonly Statement: readonly (PolicyStatement & {
    readonly Principal: { readonly AWS: TemplateReference };
  })[];
}

/** Allows actions on a resource. */
export function allow(actions: readonly string[], resource: TemplateReference): PolicyStatement {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}
