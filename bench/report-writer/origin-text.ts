import type { Origin } from '../run/group.ts';

/** Where and when something was measured, as the end of a sentence: "on 2026-11-21, with Node.js 24.21.0 on 2 cores of ...". */
export function originText({ date, machine }: Origin): string {
  const { node, cores, cpu } = machine;
  return `on ${date.slice(0, 10)}, with Node.js ${node} on ${cores} cores of ${cpu}`;
}
