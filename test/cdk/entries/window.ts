import { streamWindow } from 'streamlane';

export const handler = streamWindow({ initial: { count: 0 }, reduce() {}, close() {} });
