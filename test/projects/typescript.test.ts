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
  'typescript-5.8': '5.8.3',
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

const ALL = ['5.4', '5.9', '6.0', '7.0'];
/** Those that know that Node can `require` an ES module. */
const FROM_5_8 = ['5.8', '5.9', '6.0', '7.0'];

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
      ['5.4', 'node16', 'node16'],
    ],
  },
  {
    type: 'commonjs',
    rows: [
      ...['5.4', '5.9', '6.0'].map((version): Row => [version, 'commonjs', 'node10']),
      ...FROM_5_8.map((version): Row => [version, 'nodenext', 'nodenext']),
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
      const name = `${version}-${module}-${moduleResolution}`;
      const outDir = `out-${name}`;
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
      const config = `tsconfig.${name}.json`;
      project.write({ [config]: JSON.stringify({ compilerOptions, files: ['program.ts'] }) });

      const compiler = `node_modules/typescript-${version}/bin/tsc`;
      expect(await project.typeErrors(compiler, '-p', config)).toEqual([]);
      const { output } = await project.node(`${outDir}/program.js`);
      expect(JSON.parse(output)).toEqual([{ batchItemFailures: [] }, [12.5]]);
    },
  );

  test.runIf(type === 'commonjs').concurrent.for([
    ['5.4', 'nodenext'],
    ['5.9', 'node16'],
    ['6.0', 'node18'],
  ])(
    'TypeScript %s, module %s, knows no Node that can require an ES module: TS1479',
    async ([version, module]) => {
      const options = ['--noEmit', '--skipLibCheck', '--types', 'node', '--module', `${module}`];
      const errors = await project.typeErrors(
        `node_modules/typescript-${version}/bin/tsc`,
        ...options,
        'program.ts',
      );

      expect(errors[0]).toContain('error TS1479');
    },
  );
});
