import { describe, expect, test } from 'vitest';
import { carries, hasImage, type StreamViewType, VIEW_TYPES } from '../../src/record/view-type.ts';

test('there are four view types', () => {
  expect(VIEW_TYPES).toEqual(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']);
});

describe('which event has which image, as DynamoDB documents it', () => {
  test.each<[StreamViewType, string, boolean, boolean]>([
    ['KEYS_ONLY', 'INSERT', false, false],
    ['KEYS_ONLY', 'MODIFY', false, false],
    ['KEYS_ONLY', 'REMOVE', false, false],
    ['NEW_IMAGE', 'INSERT', true, false],
    ['NEW_IMAGE', 'MODIFY', true, false],
    ['NEW_IMAGE', 'REMOVE', false, false],
    ['OLD_IMAGE', 'INSERT', false, false],
    ['OLD_IMAGE', 'MODIFY', false, true],
    ['OLD_IMAGE', 'REMOVE', false, true],
    ['NEW_AND_OLD_IMAGES', 'INSERT', true, false],
    ['NEW_AND_OLD_IMAGES', 'MODIFY', true, true],
    ['NEW_AND_OLD_IMAGES', 'REMOVE', false, true],
  ])('%s %s: new %s, old %s', (viewType, eventName, newImage, oldImage) => {
    expect(hasImage('newImage', viewType, eventName)).toBe(newImage);
    expect(hasImage('oldImage', viewType, eventName)).toBe(oldImage);
  });
});

describe('a stream carries what a router declares when it carries at least that', () => {
  const enough: Record<StreamViewType, readonly StreamViewType[]> = {
    KEYS_ONLY: ['KEYS_ONLY'],
    NEW_IMAGE: ['KEYS_ONLY', 'NEW_IMAGE'],
    OLD_IMAGE: ['KEYS_ONLY', 'OLD_IMAGE'],
    NEW_AND_OLD_IMAGES: ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'],
  };
  test.each(VIEW_TYPES)('%s', (actual) => {
    expect(VIEW_TYPES.filter((declared) => carries(actual, declared))).toEqual(enough[actual]);
  });
});
