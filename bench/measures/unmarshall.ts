import { unmarshall as sdkUnmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, DynamoDBStreamEvent } from 'aws-lambda';
import { JSON_PARSE, jsonParse } from '../batch-entrant.ts';
import { batchFor, batchText } from '../data/batch.ts';
import { type BenchItem, PROFILES, type Profile } from '../data/items.ts';
import { deepCopy } from '../deep-copy.ts';
import { numberReader, type ToNumber, unmarshall } from '../library.ts';
import { alone, type Effort, type Entrant, type GroupPlan, type Measure } from '../run/plan.ts';
import { type TimedWork, timed } from '../run/timed.ts';
import { expectedTally, Tally } from '../tally.ts';
import { roundsFor } from './rounds-for.ts';

type Image = { readonly [name: string]: AttributeValue };
type ToItem = (image: Image) => BenchItem;

const toNumber = numberReader('number') as ToNumber;
const streamlaneItem: ToItem = (image) => unmarshall(image, toNumber) as unknown as BenchItem;
const sdkItem: ToItem = (image) => sdkUnmarshall(image as never) as BenchItem;

export const unmarshallMeasure: Measure = {
  name: 'unmarshall',
  title: 'Unmarshalling alone',
  method:
    'Each contender unmarshalls every image of a batch, and reads one attribute of each. The images are collected from ' +
    'the records before the clock starts, so only unmarshalling is timed. Two yardsticks are beside the contenders: ' +
    "`JSON.parse` of the payload, which Lambda's runtime does before each handler; and a plain deep copy of the " +
    'unmarshalled items, which is the cost of creating those objects.',
  plans: (effort) => PROFILES.map((profile) => planOf(profile, effort)),
};

function planOf(profile: Profile, { quick }: Effort): GroupPlan {
  const batch = batchFor(profile, quick);
  return {
    id: `unmarshall/${profile}`,
    title: `${batch.records.toLocaleString('en')} ${profile} records, every image`,
    unit: 'ms',
    places: alone('streamlane', '@aws-sdk/util-dynamodb', 'plain deep copy', JSON_PARSE),
    ...roundsFor(profile, quick),
    entrant: async (name) => entrantOf(name, batchText(batch)),
  };
}

function entrantOf(name: string, text: string): Entrant {
  const parse = (): DynamoDBStreamEvent => JSON.parse(text);
  const tally = new Tally();
  switch (name) {
    case 'streamlane':
      return counted(images, (raw) => eachImage(raw, streamlaneItem, tally));
    case '@aws-sdk/util-dynamodb':
      return counted(images, (raw) => eachImage(raw, sdkItem, tally));
    case 'plain deep copy':
      return counted(
        () =>
          images().map(({ newImage, oldImage }) =>
            pairOf(newImage && sdkItem(newImage), oldImage && sdkItem(oldImage)),
          ),
        (items) => eachImage(items, deepCopy, tally),
      );
    default:
      return jsonParse(text);
  }

  function images(): Pair<Image>[] {
    return parse().Records.map(({ dynamodb }) => pairOf(dynamodb?.NewImage, dynamodb?.OldImage));
  }

  function counted<Input>(prepare: () => Input, run: TimedWork<Input>['run']): Entrant {
    const expected = expectedTally(parse().Records, 'both');
    return timed({
      prepare: () => {
        tally.reset();
        return prepare();
      },
      run,
      verify: () => tally.verify(name, expected),
    });
  }
}

interface Pair<T> {
  readonly newImage: T | undefined;
  readonly oldImage: T | undefined;
}

function pairOf<T>(newImage: T | undefined, oldImage: T | undefined): Pair<T> {
  return { newImage, oldImage };
}

function eachImage<T>(pairs: readonly Pair<T>[], toItem: (image: T) => BenchItem, tally: Tally): void {
  for (const { newImage, oldImage } of pairs) {
    tally.images(newImage && toItem(newImage), oldImage && toItem(oldImage));
  }
}
