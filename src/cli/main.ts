#!/usr/bin/env node
// The command `streamlane`. Everything else is imported later, so that an old Node gets a line it can act on
// rather than a syntax error.
/* v8 ignore start -- a Node that the tests do not run on */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(
    `error: streamlane needs Node 22.12 or later, this is ${process.versions.node}. Install a newer Node.`,
  );
  process.exit(2);
}
/* v8 ignore stop */
const { runProcess } = await import('./process.ts');
await runProcess(process);
