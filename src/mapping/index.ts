// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

export type { RoutedHandler } from '../batch/handler-metadata.ts';
export { eventSourceMapping } from './event-source-mapping.ts';
export type { FilterCriteria } from './filter-criteria.ts';
export {
  type CloudFormationOptions,
  type MappingResource,
  toCloudFormation,
} from './formats/cloud-formation.ts';
export { type SamEvent, type SamOptions, toSam } from './formats/sam.ts';
export { type ServerlessEvent, type ServerlessOptions, toServerless } from './formats/serverless.ts';
export type { DestinationType, FormattedMapping, MappedFunction, MappedStream } from './formats/template.ts';
export { type TerraformConfiguration, type TerraformOptions, toTerraform } from './formats/terraform.ts';
export type {
  DestinationConfig,
  EventSourceMappingOptions,
  FunctionResponseType,
  MetricsConfig,
  StartingPosition,
} from './options.ts';
export { type DestinationPolicyOptions, destinationPolicy } from './policies/destination-policy.ts';
export { type SinkPolicyOptions, sinkPolicy } from './policies/sink-policy.ts';
export type { PolicyStatement, ResourcePolicy } from './policies/statement.ts';
export { type CrossAccountOptions, crossAccountPolicy, streamPolicy } from './policies/stream-policy.ts';
export type {
  MappingWarning,
  RouteFilter,
  RouterMapping,
  RouterMappingOptions,
  TemplateReference,
} from './router-mapping.ts';
