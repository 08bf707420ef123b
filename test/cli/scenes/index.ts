import { dev } from './dev.ts';
import type { Scene } from './scene.ts';
import { tail } from './tail.ts';

/** By the name of the picture in `docs/images`. */
export const scenes: Readonly<Record<string, Scene>> = { dev, tail };
