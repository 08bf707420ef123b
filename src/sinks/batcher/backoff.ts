const BASE_MS = 10;
const MAX_MS = 2000;

/**
 * How long to wait before the next try: doubling from 10 ms to 2 s, half of it random, so that functions which failed
 * together do not come back together. Short of what AWS recommends for long jobs, as a deadline is near; and a lane waits
 * with its message, so that from 50 ms on a fifth of throttled requests took three times as long (bench: throttling).
 *
 * @param attempts tries so far, from 1
 * @see https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/retry-backoff.html
 */
export function backoffMs(attempts: number): number {
  const most = Math.min(BASE_MS * 2 ** (attempts - 1), MAX_MS);
  return most / 2 + (Math.random() * most) / 2;
}
