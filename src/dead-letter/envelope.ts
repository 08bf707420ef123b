import { isPlainObject } from './record-problem.ts';

// A message that EventBridge delivers to SNS, and SNS to SQS, has four layers: two envelopes, each of them as text.
const MAX_LAYERS = 20;

/**
 * Takes off the envelopes of SNS (which raw message delivery leaves out) and of EventBridge.
 *
 * ```text
 *   SNS          { "Type": "Notification", "Message": "..." }
 *   EventBridge  { "detail-type": "...", "detail": {} }
 * ```
 *
 * @param message an object, or its JSON
 * @returns the content; text where that is not JSON
 */
export function withoutEnvelopes(message: unknown): unknown {
  let content = message;
  for (let layers = 0; layers < MAX_LAYERS; layers++) {
    let inner: unknown = content;
    if (typeof content === 'string') inner = parsedText(content);
    else if (!isPlainObject(content)) return content;
    else if (content.Type === 'Notification') inner = content.Message;
    else if (Object.hasOwn(content, 'detail-type')) inner = content.detail;
    if (inner === content) return content;
    content = inner;
  }
  return content;
}

/** Parses JSON, with or without a byte order mark. Returns other text unchanged: JSON.parse quotes the text in its errors, and the text holds an item. */
export function parsedText(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return text;
  }
}
