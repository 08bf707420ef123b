// node insert-events.ts <template>: replaces what stands between the markers in a template by the events on stdin.
import { readFileSync, writeFileSync } from 'node:fs';
import { exit } from 'node:process';
import { text } from 'node:stream/consumers';

const BEGIN = '# Written by streamlane mapping';
const END = '# End of what streamlane mapping writes';

const [, , path = 'template.yaml'] = process.argv;
const template = readFileSync(path, 'utf8');
const events = await text(process.stdin);
// A command that fails prints nothing, and a template without events would deploy a function that nothing invokes.
if (!events.startsWith('Events:'))
  fail(`${path} is unchanged, because streamlane mapping has printed no events.`);
const lines = template.split('\n');
const begin = lines.findIndex((line) => line.trim() === BEGIN);
const end = lines.findIndex((line) => line.trim() === END);
if (begin === -1 || end < begin)
  fail(`${path} is unchanged. It has to have the lines "${BEGIN}" and "${END}".`);
const indent = ' '.repeat(lines[begin]?.indexOf('#') ?? 0);
const written = events
  .trimEnd()
  .split('\n')
  .map((line) => `${indent}${line}`);
const result = [...lines.slice(0, begin + 1), ...written, ...lines.slice(end)].join('\n');
writeFileSync(path, result);
console.log(result === template ? `${path} has these events already.` : `The events are in ${path}.`);

/** The stack would hide the error of the command that prints the events. */
function fail(problem: string): never {
  console.error(problem);
  exit(1);
}
