// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

export type { OrderedStreamProcessorOptions } from './options.ts';
export { OrderedStreamProcessor } from './ordered-stream-processor.ts';
