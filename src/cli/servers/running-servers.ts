import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Embedded servers that another process of `streamlane` keeps running for this project. */
export interface RunningServers {
  /** Of the process that keeps them. */
  readonly pid: number;
  /** What the SDK reads to find them. */
  readonly environment: Readonly<Record<string, string>>;
}

const ANSWER_TIMEOUT_MS = 2000;

/**
 * The servers that `streamlane emulators` or `streamlane dev` started in this project, if they still answer. Their
 * process has written down where they are; the file of one that was killed is left behind, and taken away here.
 */
export async function runningServers(env: NodeJS.ProcessEnv): Promise<RunningServers | undefined> {
  const file = fileOf(env);
  let servers: RunningServers;
  try {
    servers = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined; // none, or half a file of a machine that crashed
  }
  if (isAlive(servers.pid) && (await answers(servers.environment.AWS_ENDPOINT_URL_DYNAMODB))) return servers;
  await rm(file, { force: true });
  return undefined;
}

/**
 * Lets the other commands of this project find servers of this process.
 *
 * @returns takes it back
 */
export async function announceServers(
  environment: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
): Promise<() => Promise<void>> {
  const file = fileOf(env);
  const servers: RunningServers = { pid: process.pid, environment };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Renamed into place, so that nobody reads half of it.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(servers), { mode: 0o600 });
  await rename(draft, file);
  return () => rm(file, { force: true });
}

/** One file for each project. */
function fileOf(env: NodeJS.ProcessEnv): string {
  const cache = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const project = createHash('sha256').update(projectOf(process.cwd())).digest('hex').slice(0, 16);
  return join(cache, 'streamlane', `servers-${project}.json`);
}

/** The nearest directory upwards that has a package.json, or else the directory itself. */
export function projectOf(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return directory;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it is somebody else's
  }
}

async function answers(url: string | undefined): Promise<boolean> {
  return fetch(`${url}`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).then(
    () => true,
    () => false,
  );
}
