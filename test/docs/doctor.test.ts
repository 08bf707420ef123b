// docs/doctor.md: a section for each finding, output that the command prints, and commands that AWS's models know.
import { globSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '../../src/cli/errors/exit-codes.ts';
import { doctorPolicy } from '../../src/doctor/doctor-policy.ts';
import { FINDINGS, type FindingCode, finding } from '../../src/doctor/finding.ts';
import { inProcess } from '../cli/in-process.ts';
import type { CommandEnd } from '../cli/running-command.ts';
import { type FakeAws, fakeAws } from '../doctor/fake-aws/server.ts';
import { healthy, REGION, TOPIC_ARN, type World } from '../doctor/fake-aws/world.ts';
import { awsProblems, shellWords } from '../fixtures/aws-command.ts';
import { anchorsOf, type Block, blocksOf, ROOT, tableUnder } from './markdown.ts';

const PAGE = 'docs/doctor.md';
const page = readFileSync(`${ROOT}/${PAGE}`, 'utf8');
const blocks = blocksOf(PAGE);
const CODES = Object.keys(FINDINGS) as readonly FindingCode[];

/** The text below the heading of each finding. */
const sections: ReadonlyMap<string, string> = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((text) => [text.split('\n', 1)[0] as string, text]),
);

let aws: FakeAws;
beforeAll(async () => {
  // Before the runtime of the healthy deployment ends.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-01T12:00:00Z') });
  aws = await fakeAws(healthy());
});
beforeEach(() => {
  aws.world = healthy();
  aws.faults.clear();
});
afterAll(async () => {
  vi.useRealTimers();
  await aws[Symbol.asyncDispose]();
});

describe('each finding', () => {
  test('has a section, in the order of the findings, and each section is a finding', () => {
    expect([...sections.keys()]).toEqual(CODES);
  });

  test.each(CODES)('the link that %s prints leads to its section', (code) => {
    const [path, anchor] = finding(code, '', { is: '', should: '', why: '', remedy: '' }).page.split('#');
    expect(path).toBe(PAGE);
    expect(anchorsOf(PAGE)).toContain(anchor);
  });

  const linked = globSync('src/doctor/**/*.ts', { cwd: ROOT }).flatMap((file) =>
    (readFileSync(`${ROOT}/${file}`, 'utf8').match(/docs\/[\w-]+\.md#[\w-]+/g) ?? []).map((link) => ({
      file,
      link,
    })),
  );
  test.each(linked)('the link $link in $file leads to a heading', ({ link }) => {
    const [path = '', anchor] = link.split('#');
    expect(anchorsOf(path)).toContain(anchor);
  });

  test.each(CODES)('the section of %s begins with its severity, and links a page of AWS', (code) => {
    const [, severity = ''] = /^\*\*(\w+)\.?\*\*/m.exec(sections.get(code) ?? '') ?? [];
    expect(severity.toLowerCase()).toBe(FINDINGS[code]);
    expect(sections.get(code)).toMatch(/\]\(https:\/\/(?:docs\.)?aws\.amazon\.com\//);
  });
});

/** A mapping that was made by hand, as in the example. */
function madeByHand(world: World): void {
  const [mapping] = world.mappings;
  Object.assign(mapping as object, { FunctionResponseTypes: [], DestinationConfig: { OnFailure: {} } });
  setVariable(world);
}

/** The variable that the router of the example needs. */
function setVariable({ functions }: World): void {
  const { configuration } = functions['on-invoice'] as World['functions'][string];
  configuration.Environment = { Variables: { PAYMENTS_TOPIC_ARN: TOPIC_ARN } };
}

function doctor(...args: readonly string[]): Promise<CommandEnd> {
  return inProcess(['doctor', ...args, '--endpoint', aws.endpoint, '--region', REGION]).ended();
}

const ROUTER = `${ROOT}/examples/deploy-sam/handler.ts#handler`;
const blockAfter = (heading: string, language: string): Block =>
  blocks.find(
    (block) =>
      block.language === language &&
      page
        .split('\n')
        .slice(0, block.line)
        .findLast((line) => line.startsWith('## ')) === `## ${heading}`,
  ) as Block;

describe('the output on the page', () => {
  test('is what the command prints', async () => {
    madeByHand(aws.world);
    const { code, stdout, stderr } = await doctor('--function', 'on-invoice', '--router', ROUTER);
    expect(blockAfter('An example', 'text').code).toBe(stdout);
    expect({ code, stderr }).toEqual({ code: EXIT.failed, stderr: '' });
    expect(aws.problems).toEqual([]);
  });

  test('about checks that were not made is part of the output of the command', async () => {
    for (const call of ['SimulatePrincipalPolicy', 'GetQueueAttributes'])
      aws.faults.set(call, { status: 403, code: 'AccessDenied' });
    setVariable(aws.world);
    const { code, stdout } = await doctor('--function', 'on-invoice', '--router', ROUTER);
    expect(stdout).toContain(blockAfter('What could not be checked', 'text').code);
    expect(code).toBe(EXIT.ok);
  });

  test('of --policy is the policy', () => {
    expect(JSON.parse(blockAfter('Permissions', 'json').code)).toEqual(doctorPolicy());
  });

  test('the table of --json has the fields that it prints', async () => {
    madeByHand(aws.world);
    aws.faults.set('SimulatePrincipalPolicy', { status: 403, code: 'AccessDenied' });
    const { stdout } = await doctor('--function', 'on-invoice', '--json');
    const printed = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    const rows = tableUnder(PAGE, 'Exit codes and JSON\n[\\s\\S]*?for programs:');
    expect(rows.map(([name]) => name?.replaceAll('`', ''))).toEqual(Object.keys(printed));
    for (const [name = '', meaning = ''] of rows) {
      const value = printed[name.replaceAll('`', '')];
      const [first] = Array.isArray(value) ? value : [value];
      if (typeof first === 'object')
        for (const field of Object.keys(first as object)) expect(meaning).toContain(`\`${field}\``);
    }
  });
});

describe('commands of the AWS CLI', () => {
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => [...code.matchAll(/^aws (.+)$/gm)].map(([, line = '']) => line));

  test.each([...new Set(commands)])('aws %s has an operation and parameters of AWS', (line) => {
    expect(awsProblems(shellWords(line))).toEqual([]);
  });

  test('a parameter that AWS does not have is noticed', () => {
    expect(awsProblems(['lambda', 'update-event-source-mapping', '--uuid', '1', '--max-age', '2'])).toEqual([
      'UpdateEventSourceMapping has no parameter maxage',
    ]);
    expect(awsProblems(['lambda', 'change-mapping'])).toEqual(['lambda has no ChangeMapping']);
  });
});

describe('the workflow', () => {
  interface Step {
    readonly uses?: string;
    readonly with?: Readonly<Record<string, unknown>>;
    readonly run?: string;
  }
  interface Workflow {
    readonly permissions: Readonly<Record<string, string>>;
    readonly jobs: { readonly doctor: { readonly steps: readonly Step[] } };
  }
  const { code } = blockAfter('After each deployment', 'yaml');
  const { permissions, jobs } = load(code) as Workflow;
  const { steps } = jobs.doctor;
  const runs = steps.flatMap(({ run }) => run ?? []);

  test('signs in with a role and without a key', () => {
    expect(permissions).toEqual({ 'id-token': 'write', contents: 'read' });
    const [signIn] = steps.filter(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'));
    expect(signIn?.with).toEqual({
      'role-to-assume': expect.stringMatching(/^arn:aws:iam::\d{12}:role\//),
      'aws-region': REGION,
    });
  });

  test('pins each action to a commit, those of this repository to the same ones', () => {
    const pins = (text: string): readonly string[] => text.match(/uses: .+/g) ?? [];
    expect(pins(code)).toHaveLength(steps.filter(({ uses }) => uses).length);
    for (const pin of pins(code)) expect(pin).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const own = pins(readFileSync(`${ROOT}/.github/workflows/ci.yml`, 'utf8'));
    expect(pins(code).filter((pin) => pin.includes(' actions/'))).toEqual(
      expect.arrayContaining([
        expect.stringContaining('actions/checkout'),
        expect.stringContaining('actions/setup-node'),
      ]),
    );
    for (const pin of pins(code).filter((one) => one.includes(' actions/'))) expect(own).toContain(pin);
  });

  test('installs optional packages of this package', () => {
    const { peerDependencies } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as {
      readonly peerDependencies: object;
    };
    const [, line = ''] = /npm install (.+)/.exec(runs.join('\n')) ?? [];
    const packages = line.split(' ').filter((word) => !word.startsWith('--'));
    expect(packages).toContain('@aws-sdk/client-lambda');
    for (const name of packages.filter((one) => one !== 'streamlane'))
      expect(peerDependencies).toHaveProperty([name]);
  });

  test('runs a command that fails the step for an error alone', async () => {
    const [line = ''] = runs.filter((run) => run.startsWith('npx streamlane '));
    const [, , ...args] = shellWords(line.replace('src/handler.ts#handler', ROUTER));
    const run = () => doctor(...args.slice(1));
    expect(args[0]).toBe('doctor');
    madeByHand(aws.world);
    expect(await run()).toMatchObject({ code: EXIT.failed, stderr: '' });
    const [mapping] = aws.world.mappings;
    Object.assign(mapping as object, { FunctionResponseTypes: ['ReportBatchItemFailures'] }); // a warning is left
    expect(await run()).toMatchObject({ code: EXIT.ok, stderr: '' });
  });
});
