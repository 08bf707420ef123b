/**
 * How a program is bundled.
 *
 * - `sdk-external`: `@aws-sdk/*` is left to the Lambda runtime, as CDK's NodejsFunction does
 * - `all`: everything is in the bundle
 */
export type Bundling = 'sdk-external' | 'all';

/** Programs that do the same: a line for an insert, a certain change and an expiry. */
export const PROGRAMS = {
  'empty handler': 'empty',
  streamlane: 'streamlane',
  'Powertools batch + unmarshall': 'powertools',
  'Middy + event-normalizer': 'middy',
} as const;

export type ProgramName = keyof typeof PROGRAMS;
