import { isMembers } from '../options/check.ts';
import type { Environment } from './delivery-options.ts';

/** A variable while deliveries set it: they may overlap, and end in any order. */
interface Setting {
  readonly before: string | undefined;
  /** One for each delivery, in the order that they began in. */
  readonly values: { readonly value: string | undefined }[];
}

const settings: Map<string, Setting> = new Map();

/**
 * Sets environment variables.
 *
 * @returns what takes them back; a variable then has the value of the latest delivery that still sets it, else the one
 * from before
 */
export function setEnvironment(environment: Environment): () => void {
  const takeBack = Object.entries(environment).map(([name, value]) => setVariable(name, value));
  return () => {
    for (const back of takeBack) back();
  };
}

function setVariable(name: string, value: string | undefined): () => void {
  const setting = settings.get(name) ?? { before: process.env[name], values: [] };
  settings.set(name, setting);
  const own = { value };
  setting.values.push(own);
  write(name, value);
  return () => {
    setting.values.splice(setting.values.indexOf(own), 1);
    const latest = setting.values.at(-1);
    write(name, latest === undefined ? setting.before : latest.value);
    if (latest === undefined) settings.delete(name);
  };
}

function write(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** Returns true for an object whose values are texts or undefined. */
export function isEnvironment(value: unknown): value is Environment {
  return (
    isMembers(value) && Object.values(value).every((text) => text === undefined || typeof text === 'string')
  );
}
