/** Lambda sets this variable on Managed Instances, and its runtime client, the AWS SDK and Powertools look for it. */
export const MAX_CONCURRENCY = 'AWS_LAMBDA_MAX_CONCURRENCY';
