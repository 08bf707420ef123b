import { streamRouter } from 'streamlane';
import { publish } from './publish.ts';

interface Bark {
  Username: string;
  Timestamp: string;
  Message: string;
}

/** The function of AWS's tutorial on streams and Lambda: each new bark goes to the topic of its readers. */
export const publishNewBark = streamRouter<Bark>({ viewType: 'NEW_IMAGE' }).onInsert(({ newImage: bark }) =>
  publish({
    subject: `A new bark from ${bark.Username}`,
    message: `Woofer user ${bark.Username} barked the following at ${bark.Timestamp}:\n\n ${bark.Message}`,
  }),
);
