import { recordRequired } from '../batcher/check-send.ts';
import type { SendOptions } from '../sink.ts';
import { allowedId, deduplicationIdOf, itemKeyOf } from './item-identity.ts';
import { checkTexts } from './wrong-message.ts';

/** The group and the deduplication id of a message to a topic or a queue. */
export interface GroupOptions {
  /**
   * Messages of one group arrive in the order that they were accepted. An id that AWS would refuse is hashed.
   *
   * @defaultValue for FIFO targets the item key of `record`
   */
  readonly groupId?: string;
  /**
   * Of messages with one id AWS drops all but the first, for five minutes. An id that AWS would refuse is hashed.
   *
   * @defaultValue for FIFO targets the event id of `record` and a hash of the message
   */
  readonly deduplicationId?: string;
}

/** The ids as AWS takes them. */
export interface GroupIds {
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

/**
 * Group and deduplication id of a message.
 *
 * @param owner the function that made the sink
 * @param content gives what tells it from other messages about the same record
 * @throws ConfigurationError `RECORD_REQUIRED` for a FIFO target without a group; WrongMessage for an id that is not text
 */
export function groupIds(
  owner: string,
  target: string,
  options: GroupOptions & SendOptions,
  content: () => readonly (string | undefined)[],
): GroupIds {
  checkTexts(options, ['groupId', 'deduplicationId']);
  const { record, groupId, deduplicationId } = options;
  const fifo = isFifo(target);
  const group = groupId ?? (fifo && record !== undefined ? itemKeyOf(record) : undefined);
  if (fifo && group === undefined) {
    throw recordRequired(owner, target, 'is detached, so it needs a groupId for the FIFO target');
  }
  const id =
    deduplicationId ??
    (fifo && record !== undefined ? deduplicationIdOf(record, group, ...content()) : undefined);
  return {
    ...(group !== undefined && { MessageGroupId: allowedId(group) }),
    ...(id !== undefined && { MessageDeduplicationId: allowedId(id) }),
  };
}

/** Returns true for the ARN or URL of a FIFO topic or queue. */
export function isFifo(target: string): boolean {
  return target.endsWith('.fifo');
}
