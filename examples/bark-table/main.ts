import { invoke } from '../invoke.ts';
import { publishNewBark } from './handler.ts';

await invoke('publishNewBark', publishNewBark, new URL('payload.json', import.meta.url));
