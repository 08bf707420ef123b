/**
 * What a stream writes into each record.
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

const IMAGES: Readonly<Record<StreamViewType, { readonly new: boolean; readonly old: boolean }>> = {
  KEYS_ONLY: { new: false, old: false },
  NEW_IMAGE: { new: true, old: false },
  OLD_IMAGE: { new: false, old: true },
  NEW_AND_OLD_IMAGES: { new: true, old: true },
};

/** The four view types, for checks and messages. */
export const VIEW_TYPES: readonly StreamViewType[] = Object.keys(IMAGES) as StreamViewType[];

/** Whether a stream of type `actual` carries all that a router of type `declared` may read. */
export function carries(actual: StreamViewType, declared: StreamViewType): boolean {
  const has = IMAGES[actual];
  const needs = IMAGES[declared];
  return (has.new || !needs.new) && (has.old || !needs.old);
}

/** Whether records of this view type and event have a NewImage. */
export function hasNewImage(viewType: StreamViewType, eventName: string): boolean {
  return eventName !== 'REMOVE' && IMAGES[viewType].new;
}

/** Whether records of this view type and event have an OldImage. */
export function hasOldImage(viewType: StreamViewType, eventName: string): boolean {
  return eventName !== 'INSERT' && IMAGES[viewType].old;
}
