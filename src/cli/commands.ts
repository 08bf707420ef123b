import type { CommandDefinition } from './command.ts';
import { liveConsole } from './console/command.ts';
import { demo } from './demo/command.ts';
import { dev } from './dev/command.ts';
import { doctor } from './doctor/command.ts';
import { emulators } from './emulators/command.ts';
import { exec } from './exec/command.ts';
import { generate } from './generate/command.ts';
import { invoke } from './invoke/command.ts';
import { put, remove, update } from './items/command.ts';
import { mapping } from './mapping/command.ts';
import { replay } from './replay/command.ts';
import { streams } from './streams/command.ts';
import { tables } from './tables/command.ts';
import { tail } from './tail/command.ts';

/**
 * Every command, in the order of the help. To add one: a file here that declares it, and a line below. What it does
 * lies in a folder or file of its own in `src/cli`, imported by `load` alone.
 */
export const commands: readonly CommandDefinition[] = [
  demo,
  dev,
  invoke,
  generate,
  tail,
  liveConsole,
  put,
  update,
  remove,
  replay,
  streams,
  tables,
  mapping,
  doctor,
  emulators,
  exec,
];
