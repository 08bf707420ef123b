import { relative, resolve, sep } from 'node:path';
import type { HandlerImport } from '../../console/protocol/events.ts';
import { handlerModuleOf } from '../../local/handler/handler-module.ts';

/** Says how a file in the working directory imports what `module#export` names. */
export function importOf(handler: string): HandlerImport {
  const { path, name } = handlerModuleOf(handler);
  const fromHere = relative('.', resolve(path)).split(sep).join('/');
  return { module: fromHere.startsWith('../') ? fromHere : `./${fromHere}`, name };
}
