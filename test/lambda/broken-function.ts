// A function that cannot be loaded: its option is wrong.
import { streamRouter } from '../../src/index.ts';

export const handler = streamRouter({ concurrency: 0 });
