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
    'Every image of a batch is unmarshalled and one attribute of it read. `JSON.parse` of the payload is ' +
    "what Lambda's runtime pays anyway; the plain deep copy of the unmarshalled items is the floor: the cost " +
    'of building those objects.',
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
      return counted(parse, (event) => readImages(event, streamlaneItem, tally));
    case '@aws-sdk/util-dynamodb':
      return counted(parse, (event) => readImages(event, sdkItem, tally));
    case 'plain deep copy':
      return counted(
        () => itemsOf(parse()),
        (items) => copyItems(items, tally),
      );
    default:
      return jsonParse(text);
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

function readImages(event: DynamoDBStreamEvent, toItem: ToItem, tally: Tally): void {
  for (const { dynamodb } of event.Records) {
    const newImage = dynamodb?.NewImage && toItem(dynamodb.NewImage);
    const oldImage = dynamodb?.OldImage && toItem(dynamodb.OldImage);
    tally.images(newImage, oldImage);
  }
}

interface Items {
  readonly newImage: BenchItem | undefined;
  readonly oldImage: BenchItem | undefined;
}

function itemsOf(event: DynamoDBStreamEvent): Items[] {
  return event.Records.map(({ dynamodb }) => ({
    newImage: dynamodb?.NewImage && sdkItem(dynamodb.NewImage),
    oldImage: dynamodb?.OldImage && sdkItem(dynamodb.OldImage),
  }));
}

function copyItems(items: readonly Items[], tally: Tally): void {
  for (const { newImage, oldImage } of items) {
    tally.images(newImage && deepCopy(newImage), oldImage && deepCopy(oldImage));
  }
}
