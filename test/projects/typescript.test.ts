import { beforeAll, describe, expect, test } from 'vitest';
import { createProject, type Project } from './project.ts';

/** A program that uses values, types and subpaths, and calls its handler. */
const PROGRAM = `import { changed, type Context, type DynamoDBStreamEvent, type DynamoDBStreamHandler, StreamlaneError, streamRouter } from 'streamlane';
import { retry } from 'streamlane/middleware/retry';
import { publishTo } from 'streamlane/sinks';
import { snsTopic } from 'streamlane/sinks/sns';
import { lambdaContext, testStream } from 'streamlane/testing';

interface Invoice { id: string; total: number }

const topic = snsTopic({ topicArn: 'arn:aws:sns:us-east-1:123456789012:topic' });
const seen: number[] = [];
export const handler: DynamoDBStreamHandler = streamRouter<Invoice>()
  .use(retry())
  .onInsert(({ newImage }) => { seen.push(newImage.total); })
  .onModify(changed('total'), publishTo(topic, ({ newImage }) => ({ id: newImage.id })));
export const isOwn = (error: unknown): error is StreamlaneError => error instanceof StreamlaneError;
// @ts-expect-error an insert has no old image
streamRouter<Invoice>().onInsert(({ oldImage }) => oldImage.id);

const stream = testStream<Invoice>({ keys: ['id'] });
const event: DynamoDBStreamEvent = stream.event([stream.insert({ id: 'i1', total: 12.5 })]);
const context: Context = lambdaContext({ remainingMs: 1000 });
void Promise.resolve(handler(event, context, () => {})).then((response) => console.log(JSON.stringify([response, seen])));
`;

const COMPILERS = {
  'typescript-5.4': '5.4.5',
  'typescript-5.9': '5.9.3',
  'typescript-6.0': '6.0.3',
  'typescript-7.0': '7.0.2',
};

const PACKAGES = {
  ...Object.fromEntries(
    Object.entries(COMPILERS).map(([name, version]) => [name, `npm:typescript@${version}`]),
  ),
  '@types/node': '22',
  '@aws-sdk/client-sns': '3',
  '@aws-sdk/util-dynamodb': '3',
};

/** Compilers that know each kind of resolution. The older ones refuse what needs `require` of an ES module. */
const ALL = ['5.4', '5.9', '6.0', '7.0'];
const FROM_5_9 = ['5.9', '6.0', '7.0'];

type Row = readonly [version: string, module: string, moduleResolution: string];

interface Kind {
  readonly type: 'module' | 'commonjs';
  readonly rows: readonly Row[];
}

describe.each<Kind>([
  {
    type: 'module',
    rows: [
      ...ALL.map((version): Row => [version, 'nodenext', 'nodenext']),
      ...ALL.map((version): Row => [version, 'esnext', 'bundler']),
    ],
  },
  {
    type: 'commonjs',
    rows: [
      ...['5.4', '5.9', '6.0'].map((version): Row => [version, 'commonjs', 'node10']),
      ...FROM_5_9.map((version): Row => [version, 'nodenext', 'nodenext']),
      ['5.9', 'node20', 'node16'],
      ['6.0', 'commonjs', 'bundler'],
      ['7.0', 'commonjs', 'bundler'],
    ],
  },
])('in a package of type $type', ({ type, rows }) => {
  let project: Project;

  beforeAll(async () => {
    project = await createProject({ packages: PACKAGES, type });
    project.write({ 'program.ts': PROGRAM });
  });

  test.concurrent.for(rows)(
    'TypeScript %s compiles, module %s, moduleResolution %s, and Node runs it',
    async ([version, module, moduleResolution]) => {
      const outDir = `out-${version}-${module}`;
      const compilerOptions = {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        isolatedModules: true,
        esModuleInterop: true,
        // One row for each version: types of libraries are the same in the others.
        skipLibCheck: module !== 'nodenext',
        target: 'es2022',
        types: ['node'],
        rootDir: '.',
        module,
        moduleResolution,
        outDir,
        ...(version === '6.0' && moduleResolution === 'node10' && { ignoreDeprecations: '6.0' }),
      };
      const config = `tsconfig.${version}.${module}.json`;
      project.write({ [config]: JSON.stringify({ compilerOptions, files: ['program.ts'] }) });

      const compiler = `node_modules/typescript-${version}/bin/tsc`;
      expect(await project.typeErrors(compiler, '-p', config)).toEqual([]);
      const { output } = await project.node(`${outDir}/program.js`);
      expect(JSON.parse(output)).toEqual([{ batchItemFailures: [] }, [12.5]]);
    },
  );
});
