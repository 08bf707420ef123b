import type { CommandDefinition } from '../command.ts';
import { demo } from './demo.ts';
import { dev } from './dev.ts';
import { emulators } from './emulators.ts';
import { invoke } from './invoke.ts';
import { put } from './put.ts';
import { replay } from './replay.ts';
import { streams } from './streams.ts';
import { tables } from './tables.ts';
import { tail } from './tail.ts';

/**
 * Every command, in the order of the help. To add one: a file here that declares it, and a line below. What it does
 * lies in a folder or file of its own in `src/cli`, imported by `load` alone.
 */
export const commands: readonly CommandDefinition[] = [
  demo,
  dev,
  invoke,
  tail,
  put,
  replay,
  streams,
  tables,
  emulators,
];
