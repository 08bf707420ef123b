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

/** Programs that do the same: a message to SNS for each insert. */
export const SNS_PROGRAMS = {
  'SNSClient + unmarshall': 'sdk-sns',
  'streamlane/sinks/sns': 'streamlane-sns',
} as const;

/** The file of each program. */
export const PROGRAM_FILES = { ...PROGRAMS, ...SNS_PROGRAMS } as const;

export type ProgramName = keyof typeof PROGRAM_FILES;
