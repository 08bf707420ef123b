import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { thrownText } from '../../failure/thrown-text.ts';
import { failure } from '../errors/cli-error.ts';
import { askIdentity, type Identity, openIdentity } from './server-identity.ts';

/** Embedded servers that another process of `streamlane` keeps running for this project. */
export interface RunningServers {
  /** Of the process that keeps them. */
  readonly pid: number;
  /** The variables by which the SDK finds them. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The file about them. Its readers can use the servers, so it is for the user alone. */
interface Announcement extends RunningServers {
  /** When they were started: of several, the latest are used. */
  readonly startedAt: number;
  readonly identity: Identity;
}

/**
 * The servers that `streamlane emulators` or `streamlane dev` started last in this project, of those whose process still
 * answers. Each process has written down where its servers are, in a file of its own; the file of one that was killed is
 * left behind, and taken away here. The file of one that is busy or was paused stays.
 *
 * @param warn gets a process that does not answer, where an earlier one does
 * @throws CliError where such a process is the only one: its servers are meant, and nothing else in their place
 */
export async function runningServers(
  env: NodeJS.ProcessEnv,
  warn: (text: string) => void,
): Promise<RunningServers | undefined> {
  const announced: { readonly file: string; readonly servers: Announcement }[] = [];
  for (const file of await announcements(env)) {
    const servers = await readAnnouncement(file);
    if (servers !== undefined) announced.push({ file, servers });
  }
  announced.sort((a, b) => b.servers.startedAt - a.servers.startedAt);
  const silent: number[] = [];
  for (const { file, servers } of announced) {
    // A port that was free again may have another server by now, and items are nothing for a stranger.
    const answer = await askIdentity(servers.identity);
    if (answer === 'proved') {
      for (const pid of silent) warn(`${doesNotAnswer(pid)} Servers that were started before it are used.`);
      return servers;
    }
    if (answer === 'silent' && isAlive(servers.pid)) silent.push(servers.pid);
    else await forget(file);
  }
  const [pid] = silent;
  if (pid !== undefined) throw failure(`${doesNotAnswer(pid)} Try again, or end it with: kill -9 ${pid}`);
  return undefined;
}

/**
 * Lets the other commands of this project find servers of this process. Where that cannot be written down, as without a
 * home or on a disk that is read-only, they do not find them, and everything else works.
 *
 * @param warn told why they cannot
 * @returns takes it back
 */
export async function announceServers(
  environment: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
  warn: (text: string) => void,
): Promise<() => Promise<void>> {
  const { close, port, secret } = await openIdentity();
  const servers: Announcement = {
    pid: process.pid,
    environment,
    startedAt: Date.now(),
    identity: { port, secret },
  };
  let file: string | undefined;
  try {
    const { directory, prefix } = placeOf(env);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    file = join(directory, `${prefix}${process.pid}-${port}.json`);
    // Renamed into place, so that no process reads half of it.
    await writeFile(`${file}.new`, JSON.stringify(servers), { mode: 0o600, flag: 'wx' });
    await rename(`${file}.new`, file);
  } catch (error) {
    file = undefined;
    warn(
      `Other commands of this project cannot find these servers, because their addresses cannot be stored (${thrownText(error)}). ` +
        'Set XDG_CACHE_HOME to a writable folder, or pass the variables to the commands.',
    );
  }
  return async () => {
    close();
    if (file !== undefined) await forget(file);
  };
}

function doesNotAnswer(pid: number): string {
  return `Process ${pid}, which runs embedded servers of this project, does not answer: it is busy, or was paused.`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // there is none, or its number is that of another user's process by now
  }
}

/** The files about servers of this project. */
async function announcements(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  try {
    const { directory, prefix } = placeOf(env);
    const names = await readdir(directory);
    return names
      .filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
      .map((name) => join(directory, name));
  } catch {
    return []; // there is no such folder, or it is not to be read: then nothing was announced
  }
}

async function readAnnouncement(path: string): Promise<Announcement | undefined> {
  try {
    await using file = await open(path, 'r');
    const { uid } = await file.stat();
    // A file of another user would send this user's items to their servers. Windows knows no uid.
    if (process.getuid !== undefined && uid !== process.getuid()) return undefined;
    const servers: Announcement = JSON.parse(await file.readFile('utf8'));
    return isAnnouncement(servers) ? servers : undefined;
  } catch {
    return undefined; // it is gone, or half a file of a machine that crashed
  }
}

function isAnnouncement({ pid, environment, identity, startedAt }: Announcement): boolean {
  return (
    typeof pid === 'number' &&
    typeof startedAt === 'number' &&
    typeof environment === 'object' &&
    typeof identity.port === 'number' &&
    typeof identity.secret === 'string'
  );
}

/** It stays where it cannot be removed, and is found out again. */
async function forget(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => {});
}

/** Where files about servers are, and what their names begin with: for each project another beginning. */
function placeOf(env: NodeJS.ProcessEnv): { readonly directory: string; readonly prefix: string } {
  const cache = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const project = createHash('sha256').update(projectOf(process.cwd())).digest('hex').slice(0, 16);
  return { directory: join(cache, 'streamlane'), prefix: `servers-${project}-` };
}

/** The nearest directory upwards that has a package.json, or else the directory itself. */
export function projectOf(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return directory;
  }
}
