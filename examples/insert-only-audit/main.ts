import { invoke } from '../invoke.ts';
import { handler } from './handler.ts';

await invoke('insert-only-audit', handler, new URL('event.json', import.meta.url));
