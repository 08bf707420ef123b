import { streamRouter } from 'streamlane';

const { TABLE_URL } = process.env;
if (TABLE_URL === undefined) throw new TypeError('TABLE_URL is missing');

export const handler = streamRouter().onInsert(async () => {});
