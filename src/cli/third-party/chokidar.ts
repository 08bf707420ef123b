export { type FSWatcher, watch } from 'chokidar';
