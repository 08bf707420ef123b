import { invoke } from '../invoke.ts';
import { handler } from './handler.ts';

await invoke('echo-log', handler, new URL('event.json', import.meta.url));
