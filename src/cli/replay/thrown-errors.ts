import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RecordFailedMessage } from '../../batch/record-failed.ts';
import { thrownText } from '../../failure/thrown-text.ts';
import type { MessageReport } from '../../replay/report.ts';
import { withVariableHint } from '../errors/missing-variable.ts';

/** The errors that handlers throw for records. A router reports its records, and its answer does not say why. */
export interface ThrownErrors {
  /** Writes the thrown error in the place of `the handler reported it`. */
  explain(message: MessageReport): MessageReport;
  stop(): void;
}

const CHANNEL = 'streamlane:record-failed';
const REPORTED = 'the handler reported it';

/** Listens to what streamlane says of failed records, until it is stopped. */
export function thrownErrors(): ThrownErrors {
  const texts = new Map<string, string>();
  const keep = (published: unknown): void => {
    const { streamArn, sequenceNumber, error } = published as RecordFailedMessage;
    texts.set(`${streamArn} ${sequenceNumber}`, thrownText(error));
  };
  subscribe(CHANNEL, keep);
  return {
    explain(message) {
      const failures = message.failures?.map((failure) => {
        const thrown = texts.get(`${message.streamArn} ${failure.sequenceNumber}`);
        const isKnown = thrown !== undefined && failure.error === REPORTED;
        return { ...failure, error: withVariableHint(isKnown ? thrown : failure.error) };
      });
      const [first] = failures ?? [];
      if (failures === undefined || first === undefined) return message;
      const detail = message.detail.replace(REPORTED, () => first.error);
      return { ...message, detail, failures };
    },
    stop: () => void unsubscribe(CHANNEL, keep),
  };
}
