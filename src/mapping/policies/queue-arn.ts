/** Hosts of the URLs of queues: today's, those of VPC endpoints, and older ones. */
const HOSTS: readonly RegExp[] = [
  /^(?:vpce-[\w-]+\.)?sqs(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/,
  /^([a-z0-9-]+)\.queue\.amazonaws\.com(?:\.cn)?$/,
];

/** The host that `us-east-1` had before it had its name. */
const OLDEST_HOST = 'queue.amazonaws.com';

/**
 * The ARN of a queue, by its URL.
 *
 * ```text
 * https://sqs.eu-central-1.amazonaws.com/123456789012/payments   arn:aws:sqs:eu-central-1:123456789012:payments
 * ```
 *
 * @returns undefined for other URLs, such as that of an emulator
 */
export function queueArn(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, pathname } = new URL(url);
  const [, account, name] = /^\/(\d{12})\/([\w-]{1,80}(?:\.fifo)?)$/.exec(pathname) ?? [];
  const region = regionOf(hostname);
  if (account === undefined || region === undefined) return undefined;
  return `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`;
}

function regionOf(host: string): string | undefined {
  if (host === OLDEST_HOST) return 'us-east-1';
  return HOSTS.map((pattern) => pattern.exec(host)?.[1]).find((region) => region !== undefined);
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
