import { type CheckMapping, updateCommand } from '../check.ts';
import { finding, type Result } from '../finding.ts';

/** Options that do nothing, and those that differ from the mapping in the code. */
export const mappingOptions: CheckMapping = function* (check) {
  const { mapping, subject } = check;
  const idle = [
    ...mapping.foreignOptions,
    ...(mapping.onSuccess === undefined ? [] : ['DestinationConfig.OnSuccess']),
  ];
  if (idle.length > 0) {
    yield finding('OPTION_WITHOUT_EFFECT', subject, {
      is: `The mapping has ${idle.join(', ')}.`,
      should: 'only options of a DynamoDB stream',
      why: 'They belong to other event sources, and have no effect here.',
      remedy: 'Remove them from the template.',
    });
  }
  yield* differences(check);
};

/** The options that an exported mapping is compared in, with AWS's defaults. The start cannot be changed, so it is left out. */
const COMPARED = {
  batchSize: 100,
  maximumBatchingWindowInSeconds: 0,
  parallelizationFactor: 1,
  maximumRetryAttempts: -1,
  maximumRecordAgeInSeconds: -1,
  bisectBatchOnFunctionError: false,
  tumblingWindowInSeconds: 0,
} as const;

function* differences({ mapping, code, subject }: Parameters<CheckMapping>[0]): Iterable<Result> {
  if (!code?.isOwnMapping || code.mapping === undefined) return;
  const { options } = code.mapping;
  const different = Object.entries(COMPARED).flatMap(([option, standard]) => {
    const name = option as keyof typeof COMPARED;
    const declared = options[name] ?? standard;
    return declared === mapping[name] ? [] : [{ name, declared, deployed: mapping[name] }];
  });
  if (different.length === 0) return;
  yield finding('OPTION_DIFFERS', subject, {
    is: `${different.map(({ name, deployed }) => `${pascal(name)}: ${deployed}`).join(', ')}.`,
    should: `${different.map(({ name, declared }) => `${pascal(name)}: ${declared}`).join(', ')}`,
    why: `${code.source} declares another mapping than the deployed one. Tests and streamlane dev used the mapping of the code.`,
    remedy: updateCommand(mapping, different.map(({ name, declared }) => flag(name, declared)).join(' ')),
  });
}

function pascal(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

/** The AWS CLI has a flag of its own for no. */
function flag(name: string, value: number | boolean): string {
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (typeof value === 'boolean') return value ? `--${kebab}` : `--no-${kebab}`;
  return `--${kebab} ${value}`;
}
