import { unmarshall as sdkUnmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, DynamoDBStreamEvent } from 'aws-lambda';
import { jsonParse } from '../batch-entrants.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import { type BenchItem, PROFILES, type Profile } from '../data/items.ts';
import { deepCopy } from '../deep-copy.ts';
import { numberReader, type ToNumber, unmarshall } from '../library.ts';
import { type Entrant, timeRounds } from '../rounds.ts';
import { summaryOf } from '../statistics.ts';
import { expectedTally, Tally } from '../tally.ts';
import type { Group, Measure, Progress } from './measure.ts';

type Image = { readonly [name: string]: AttributeValue };
type ToItem = (image: Image) => BenchItem;

const toNumber = numberReader('number') as ToNumber;
const streamlaneItem: ToItem = (image) => unmarshall(image, toNumber) as unknown as BenchItem;
const sdkItem: ToItem = (image) => sdkUnmarshall(image as never) as BenchItem;

export const unmarshallMeasure: Measure = {
  name: 'unmarshall',
  title: 'Unmarshalling alone',
  method:
    'Every image of 10,000 records is unmarshalled and one attribute of it read. `JSON.parse` of the payload is ' +
    "what Lambda's runtime pays anyway; the plain deep copy of the unmarshalled items is the floor: the cost " +
    'of building those objects.',
  plans: ({ quick }) =>
    PROFILES.map((profile) => ({
      id: `unmarshall/${profile}`,
      title: `10,000 ${profile} records, every image`,
      run: (progress) => measure(profile, quick ? 7 : 21, progress),
    })),
};

async function measure(profile: Profile, rounds: number, progress: Progress): Promise<Group> {
  const text = batchText({ profile, ...FULL_BATCH });
  const expected = expectedTally(parse(text).Records, 'both');
  const tally = new Tally();
  const entrants: Entrant[] = [
    entrant(
      'streamlane',
      () => parse(text),
      (event) => readImages(event, streamlaneItem, tally),
    ),
    entrant(
      '@aws-sdk/util-dynamodb',
      () => parse(text),
      (event) => readImages(event, sdkItem, tally),
    ),
    entrant(
      'plain deep copy',
      () => itemsOf(parse(text)),
      (items) => copyItems(items, tally),
    ),
    jsonParse(text),
  ];
  const times = await timeRounds(entrants, {
    rounds,
    warmups: 3,
    progress: (round, of) => progress(`round ${round + 1} of ${of}`),
  });
  return {
    id: `unmarshall/${profile}`,
    title: `10,000 ${profile} records, every image`,
    unit: 'ms',
    results: Object.fromEntries([...times].map(([name, samples]) => [name, summaryOf(samples)])),
    notes: [],
  };

  function entrant<Input>(name: string, prepare: () => Input, run: (input: Input) => void): Entrant {
    return {
      name,
      prepare: () => {
        tally.reset();
        return prepare();
      },
      run: (input) => run(input as Input),
      verify: () => tally.verify(name, expected),
    };
  }
}

function parse(text: string): DynamoDBStreamEvent {
  return JSON.parse(text);
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
