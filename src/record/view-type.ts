/**
 * The images that a stream writes into each record.
 *
 * | | newImage | oldImage |
 * | --- | --- | --- |
 * | `KEYS_ONLY` | | |
 * | `NEW_IMAGE` | INSERT, MODIFY | |
 * | `OLD_IMAGE` | | MODIFY, REMOVE |
 * | `NEW_AND_OLD_IMAGES` | INSERT, MODIFY | MODIFY, REMOVE |
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html
 */
export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/** The four view types, for checks and messages. */
export const VIEW_TYPES: readonly StreamViewType[] = [
  'KEYS_ONLY',
  'NEW_IMAGE',
  'OLD_IMAGE',
  'NEW_AND_OLD_IMAGES',
];

/** Returns true if a stream of type `actual` carries all images that a router of type `declared` may read. */
export function carries(actual: StreamViewType, declared: StreamViewType): boolean {
  // KEYS_ONLY lies in all, and all lie in NEW_AND_OLD_IMAGES.
  return actual === declared || actual === 'NEW_AND_OLD_IMAGES' || declared === 'KEYS_ONLY';
}

/** Returns true if records of this view type and event have this image. */
export function hasImage(
  image: 'newImage' | 'oldImage',
  viewType: StreamViewType,
  eventName: string,
): boolean {
  return image === 'newImage'
    ? eventName !== 'REMOVE' && carries(viewType, 'NEW_IMAGE')
    : eventName !== 'INSERT' && carries(viewType, 'OLD_IMAGE');
}
