import type { Refusal } from './entry.ts';
import { faultOf } from './fault.ts';

/** The response of SNS and SQS to a batch: entries by id. */
export interface BatchResults {
  readonly Successful?:
    | readonly { readonly Id?: string | undefined; readonly MessageId?: string | undefined }[]
    | undefined
    | null;
  readonly Failed?:
    | readonly {
        readonly Id?: string | undefined;
        readonly Code?: string | undefined;
        readonly Message?: string | undefined;
        readonly SenderFault?: boolean | undefined;
      }[]
    | undefined
    | null;
}

/** An entry that the answer does not mention, or to which it gives no id, has not been accepted. */
export const UNMENTIONED: Refusal = { code: 'no result for the entry', fault: 'passing' };

/**
 * The answer in the order of the entries, whose ids are their indexes. A result counts for the entry with exactly its id:
 * as a number, an empty id would be that of the first entry.
 */
export function refusalsOf({ Successful, Failed }: BatchResults, entries: number): (Refusal | undefined)[] {
  const results = new Map<unknown, Refusal | undefined>();
  for (const { Id, MessageId } of Successful ?? []) if (isProof(MessageId)) results.set(Id, undefined);
  for (const { Id, Code, Message, SenderFault } of Failed ?? []) {
    const code = Code ?? 'unknown error';
    const fault = faultOf(code);
    results.set(Id, {
      code,
      cause: Message,
      fault: fault === 'unproven' && !SenderFault ? 'passing' : fault,
    });
  }
  return Array.from({ length: entries }, (_, index) => {
    const id = `${index}`;
    return results.has(id) ? results.get(id) : UNMENTIONED;
  });
}

/** Returns true for the id of an accepted message. Servers other than AWS may answer with null or an empty text. */
export function isProof(id: unknown): boolean {
  return typeof id === 'string' && id !== '';
}
