import type { styleText } from 'node:util';
import type { TextOutput } from './io.ts';
import { styled } from './terminal-text.ts';

/** As `styleText` names them. */
export type Format = Parameters<typeof styleText>[0];

/** Gives text a colour or weight, where the output shows it. */
export type Style = (format: Format, text: string) => string;

/** Colours on a terminal only; `NO_COLOR` and `FORCE_COLOR` decide otherwise. */
export function hasColors(output: TextOutput, env: NodeJS.ProcessEnv): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  if (env.NO_COLOR || env.TERM === 'dumb') return false;
  return output.isTTY === true;
}

/** The style for an output. */
export function styleFor(output: TextOutput, env: NodeJS.ProcessEnv): Style {
  return hasColors(output, env) ? styled : (_format, text) => text;
}

/** `14:03:07 ` and a text. */
export function withTime(text: string, style: Style): string {
  return `${style('dim', new Date().toTimeString().slice(0, 8))} ${text}`;
}
