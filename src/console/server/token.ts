import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret that a page needs to see the console. */
export class Token {
  readonly text: string = randomBytes(24).toString('base64url');

  /** Compares in a time that tells nothing about the secret. */
  is(text: string | undefined | null): boolean {
    return typeof text === 'string' && timingSafeEqual(digest(text), digest(this.text));
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Reads a cookie of a request. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  const pairs = header?.split(';').map((pair) => pair.trim().split('=')) ?? [];
  return pairs.find(([key]) => key === name)?.[1];
}
