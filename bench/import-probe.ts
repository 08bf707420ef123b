// Prints how many milliseconds the import of the file named on the command line took, in this fresh process.
import { pathToFileURL } from 'node:url';

const url = pathToFileURL(process.argv[2] ?? '').href;
const startedAt = performance.now();
await import(url);
process.stdout.write(String(performance.now() - startedAt));
