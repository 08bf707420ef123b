import { malformed } from './malformed.ts';

/**
 * Decodes the base64 text in which Lambda sends `B` and `BS`.
 *
 * @throws MalformedValue when the text is not base64
 */
export function decodeBinary(text: string): Uint8Array {
  const decoded = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  // Buffer skips other characters than base64, so only the length shows that something was skipped.
  if (decoded.length !== (text.length / 4) * 3 - padding) malformed('base64', text);
  // A copy: small Buffers share one pool, and a reader of our `.buffer` must not see other items.
  return new Uint8Array(decoded);
}
