import { existsSync, globSync } from 'node:fs';

/** npm packages that a file or folder of `src` may import. All other packages with code are forbidden there. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  unmarshall: ['@aws-sdk/util-dynamodb'],
  item: ['@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb'],
  powertools: ['@aws-lambda-powertools/batch'],
  sinks: ['@aws-sdk/client-dynamodb'],
  'sinks/dynamodb.ts': ['@aws-sdk/client-dynamodb'],
  'sinks/event-bridge.ts': ['@aws-sdk/client-eventbridge'],
  'sinks/s3.ts': ['@aws-sdk/client-s3'],
  'sinks/sns.ts': ['@aws-sdk/client-sns'],
  'sinks/sqs.ts': ['@aws-sdk/client-sqs'],
  middleware: ['@aws-lambda-powertools/idempotency'],
  opentelemetry: ['@opentelemetry/api'],
  cdk: ['aws-cdk-lib', 'constructs'],
  stream: ['@aws-sdk/client-dynamodb-streams'],
  emulators: ['fauxqs'],
  local: [
    '@aws-sdk/client-dynamodb-streams',
    '@aws-sdk/client-lambda',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sns',
    '@aws-sdk/client-sqs',
  ],
  testing: ['vitest'],
  replay: [
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-dynamodb-streams',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sqs',
  ],
  doctor: [
    '@aws-sdk/client-cloudwatch',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-dynamodb-streams',
    '@aws-sdk/client-iam',
    '@aws-sdk/client-lambda',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sns',
    '@aws-sdk/client-sqs',
  ],
  // Only in a browser.
  console: ['@preact/signals', 'preact', 'uplot'],
  cli: ['@aws-sdk/client-dynamodb', '@aws-sdk/client-dynamodb-streams'],
  'cli/dev': [
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-dynamodb-streams',
    '@opentelemetry/api',
    '@opentelemetry/context-async-hooks',
  ],
  'cli/replay': ['@aws-sdk/client-dynamodb', '@aws-sdk/client-dynamodb-streams', '@aws-sdk/client-sqs'],
  'cli/servers': [
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-dynamodb-streams',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sns',
    '@aws-sdk/client-sqs',
  ],
  // The build bundles these.
  'cli/third-party': ['chokidar', 'cli-progress', 'cli-table3', 'commander', 'js-yaml', 'log-update'],
};

const EVERY_PACKAGE: readonly string[] = [
  ...new Set([...Object.values(PACKAGES).flat(), '@middy/core']),
].sort();

/** The files and folders of `src` in the map of CONTRIBUTING.md, from the first one to the last. */
export function roomsOf(contributing: string): readonly string[] {
  const [, map = ''] = contributing.split('| in `src` | role |');
  const [table = ''] = map.split('\n\n');
  return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, room = '']) => room);
}

/** A Biome configuration under which each room imports only the rooms before it, and its own packages. */
export function importRules(rooms: readonly string[]): string {
  const overrides = rooms.flatMap((room, index) => {
    const later = rooms.slice(index + 1);
    const why = `The map in CONTRIBUTING.md has ${room} above this.`;
    if (room.endsWith('.ts')) return [override(room, within('.', later), why, packagesBut(room))];
    return [1, 2, 3].map((depth) =>
      override(`${room}/${'*/'.repeat(depth - 1)}*.ts`, within(up(depth), later), why, packagesBut(room)),
    );
  });
  const lines = [...overrides, ...sinkRules(), ...commandRules()].map(
    (rule) => `    ${JSON.stringify(rule)}`,
  );
  return `{\n  "overrides": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** A sink imports no other sink. */
function sinkRules(): readonly object[] {
  const sinks = Object.keys(PACKAGES).filter((file) => file.startsWith('sinks/'));
  return sinks.map((sink) => {
    const others = sinks.filter((other) => other !== sink).map((other) => other.replace('sinks/', './'));
    return override(sink, others, 'A sink does not import another sink.', packagesBut(sink));
  });
}

/** A command imports no other command, and what commands share imports none. */
function commandRules(): readonly object[] {
  const folders = globSync('src/cli/*/').map((path) => path.replaceAll('\\', '/').split('/')[2] ?? '');
  const commands = folders.filter((folder) => existsSync(`src/cli/${folder}/command.ts`)).sort();
  const why = 'Commands do not import each other. Move what both need to errors, flags, servers or terminal.';
  return folders.sort().flatMap((folder) => {
    const others = commands.filter((command) => command !== folder);
    return [1, 2].map((depth) =>
      override(
        `cli/${folder}/${'*/'.repeat(depth - 1)}*.ts`,
        within(up(depth), others),
        why,
        packagesBut(`cli/${folder}` in PACKAGES ? `cli/${folder}` : 'cli'),
      ),
    );
  });
}

function override(
  files: string,
  imports: readonly string[],
  message: string,
  packages: readonly string[],
): object {
  const patterns = [
    { group: imports, message },
    {
      group: packages.flatMap((name) => [name, `${name}/**`]),
      message: 'This folder does not use this package: see test/house/import-rules.ts.',
    },
  ].filter(({ group }) => group.length > 0);
  const rule = { level: 'error', options: { patterns } };
  return { includes: [`src/${files}`], linter: { rules: { style: { noRestrictedImports: rule } } } };
}

/** Import specifiers of rooms, as seen from below `base`. */
function within(base: string, rooms: readonly string[]): readonly string[] {
  return rooms.map((room) => (room.endsWith('.ts') ? `${base}/${room}` : `${base}/${room}/**`));
}

function up(depth: number): string {
  return Array.from({ length: depth }, () => '..').join('/');
}

function packagesBut(room: string): readonly string[] {
  return EVERY_PACKAGE.filter((name) => !PACKAGES[room]?.includes(name));
}
