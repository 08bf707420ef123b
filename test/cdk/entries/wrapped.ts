import middy from '@middy/core';
import { streamRouter } from 'streamlane';

// What a module prints does not matter, nor what CommonJS packages require.
console.log('loaded');

export const router = streamRouter().onInsert(async () => {});
export const other = streamRouter().onRemove(async () => {});
export const handler = middy(router);
export const names = ['not a function'];
