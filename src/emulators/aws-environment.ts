import type { NamedEndpoints } from './named-endpoints.ts';

/** Where a program finds servers, and as whom. */
export interface AwsEnvironmentOptions {
  readonly tables: NonNullable<NamedEndpoints['tables']>;
  readonly messages: NamedEndpoints['messages'];
  readonly region: string;
  readonly profile?: string | undefined;
  /** True: the program keeps the credentials of its own environment. False: it gets a key that local servers take. */
  readonly ownCredentials: boolean;
}

/** The environment variables by which the AWS SDK of a program finds servers. */
export function awsEnvironment({
  tables,
  messages,
  region,
  profile,
  ownCredentials,
}: AwsEnvironmentOptions): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: tables.dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: tables.streams,
    ...(messages !== undefined && {
      AWS_ENDPOINT_URL_SNS: messages.sns,
      AWS_ENDPOINT_URL_SQS: messages.sqs,
      AWS_ENDPOINT_URL_S3: messages.s3,
    }),
    // A profile may ask the SDK to ignore the ones above, and then the program would call AWS.
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_REGION: region,
    // The AWS CLI and boto3 read this one.
    AWS_DEFAULT_REGION: region,
    ...(profile !== undefined && { AWS_PROFILE: profile }),
    // The SDK prefers a profile to a key, and would send a session token along with the key.
    ...(!ownCredentials && {
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: '',
      AWS_PROFILE: '',
    }),
  };
}
