import type { Refusal } from './entry.ts';
import { faultOf } from './fault.ts';

/** What SNS and SQS answer to a batch: entries by id. */
export interface BatchResults {
  readonly Successful?:
    | readonly { readonly Id?: string | undefined; readonly MessageId?: string | undefined }[]
    | undefined;
  readonly Failed?:
    | readonly {
        readonly Id?: string | undefined;
        readonly Code?: string | undefined;
        readonly Message?: string | undefined;
        readonly SenderFault?: boolean | undefined;
      }[]
    | undefined;
}

/** An entry that the answer does not mention, or to which it gives no id, has not been accepted. */
export const UNMENTIONED: Refusal = { code: 'no result for the entry', fault: 'passing' };

/** The answer in the order of the entries, whose ids are their indexes. */
export function refusalsOf(
  { Successful = [], Failed = [] }: BatchResults,
  entries: number,
): (Refusal | undefined)[] {
  const refusals = new Array<Refusal | undefined>(entries).fill(UNMENTIONED);
  for (const { Id, MessageId } of Successful) if (MessageId !== undefined) refusals[Number(Id)] = undefined;
  for (const { Id, Code = 'unknown error', Message, SenderFault = false } of Failed) {
    const fault = faultOf(Code);
    refusals[Number(Id)] = {
      code: Code,
      cause: Message,
      fault: fault === 'unproven' && !SenderFault ? 'passing' : fault,
    };
  }
  return refusals;
}
