/** A policy of IAM with all that `streamlane doctor` may call. Nothing in it writes. */
export interface DoctorPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: string;
  }[];
}

/** The calls of each part of the check. Without one of them, its findings are reported as not checked. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  Function: [
    'lambda:GetFunctionConcurrency',
    'lambda:GetFunctionConfiguration',
    'lambda:ListAliases',
    'lambda:ListEventSourceMappings',
  ],
  Stream: ['dynamodb:DescribeStream', 'dynamodb:DescribeTable'],
  Destination: ['s3:ListBucket', 'sns:GetTopicAttributes', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
  Role: ['iam:SimulatePrincipalPolicy'],
  Watch: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData'],
};

/** The policy that `doctor --policy` prints. Its resources can be narrowed to those of the function. */
export function doctorPolicy(): DoctorPolicy {
  return {
    Version: '2012-10-17',
    Statement: Object.entries(ACTIONS).map(([part, Action]) => ({
      Sid: `StreamlaneDoctor${part}`,
      Effect: 'Allow',
      Action,
      Resource: '*',
    })),
  };
}
