import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigurationError, type StreamViewType, streamRouter } from '../../src/index.ts';
import { contextOf, recordOf } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';

const IMAGES: Readonly<Record<StreamViewType, readonly string[]>> = {
  KEYS_ONLY: [],
  NEW_IMAGE: ['newImage'],
  OLD_IMAGE: ['oldImage'],
  NEW_AND_OLD_IMAGES: ['newImage', 'oldImage'],
};
const OF_EVENT = { INSERT: ['newImage'], MODIFY: ['newImage', 'oldImage'], REMOVE: ['oldImage'] } as const;

test(
  'a stream that carries less is refused before any handler runs, one that carries enough is read',
  async () => {
    const viewType = fc.constantFrom(...(Object.keys(IMAGES) as StreamViewType[]));
    const eventNames = fc.array(fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(viewType, viewType, eventNames, async (declared, actual, names) => {
        const records = names.map((eventName, index) => recordOf({ eventName, viewType: actual }, index));
        const seen: string[] = [];
        const handle = (record: object): void => {
          const { eventName } = record as { eventName: keyof typeof OF_EVENT };
          const { newImage, oldImage, keys } = record as Record<string, { id?: string } | undefined>;
          expect(keys?.id).toBeDefined();
          for (const [name, image] of Object.entries({ newImage, oldImage })) {
            const carried =
              IMAGES[actual].includes(name) && (OF_EVENT[eventName] as readonly string[]).includes(name);
            // An absent image never looks like an empty item.
            if (carried) expect(image?.id).toBeDefined();
            else expect(image).toBeUndefined();
          }
          seen.push(eventName);
        };
        const router = streamRouter({ viewType: declared as 'NEW_IMAGE' })
          .onInsert(handle)
          .onModify(handle)
          .onRemove(handle);
        const answer = await router({ Records: records }, contextOf()).catch((error: unknown) => error);
        if (IMAGES[declared].every((image) => IMAGES[actual].includes(image))) {
          expect(answer).toEqual({ batchItemFailures: [] });
          expect(seen).toHaveLength(names.length);
        } else {
          expect(answer).toBeInstanceOf(ConfigurationError);
          expect(answer).toMatchObject({ code: 'VIEW_TYPE_MISMATCH' });
          expect((answer as Error).message).toMatch(
            new RegExp(`\\b${declared}\\b.*\\b${actual}\\b.*Declare`),
          );
          expect(seen).toEqual([]);
        }
      }),
      runs(200),
    );
  },
  PROPERTY_TIMEOUT_MS,
);
