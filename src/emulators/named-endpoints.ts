/** Servers that the environment names, by the variables of the SDK. */
export interface NamedEndpoints {
  readonly tables: { readonly dynamodb: string; readonly streams: string } | undefined;
  readonly messages: { readonly sns: string; readonly sqs: string; readonly s3: string } | undefined;
}

/** One server holds a table and its stream, and one holds a topic and its queue: a part of them names them all. */
export function namedEndpoints(env: NodeJS.ProcessEnv): NamedEndpoints {
  const all = env.AWS_ENDPOINT_URL;
  const dynamodb = env.AWS_ENDPOINT_URL_DYNAMODB || all || env.AWS_ENDPOINT_URL_DYNAMODB_STREAMS;
  const streams = env.AWS_ENDPOINT_URL_DYNAMODB_STREAMS || all || dynamodb;
  const sns = env.AWS_ENDPOINT_URL_SNS || all || env.AWS_ENDPOINT_URL_SQS;
  const sqs = env.AWS_ENDPOINT_URL_SQS || all || sns;
  const s3 = env.AWS_ENDPOINT_URL_S3 || all || sqs;
  return {
    tables: dynamodb && streams ? { dynamodb, streams } : undefined,
    messages: sns && sqs && s3 ? { sns, sqs, s3 } : undefined,
  };
}
