// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

export type { DeadLetter } from './dead-letters/dead-letter.ts';
export { deadLetterOf } from './dead-letters/dead-letter-of.ts';
export {
  type Replay,
  type ReplayHandler,
  type ReplayOptions,
  replayDeadLetters,
  type StayedLetter,
} from './dead-letters/replay.ts';
export type { ThrownError } from './dead-letters/thrown-error.ts';
