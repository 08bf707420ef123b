import type { ConfigurationError } from '../../errors.ts';
import { eventSourceMapping } from '../../mapping/event-source-mapping.ts';
import { FUNCTION, REFERENCE, STREAM } from '../../mapping/formats/template.ts';
import type { RouterMappingOptions, TemplateReference } from '../../mapping/router-mapping.ts';
import { BOOLEAN, type Check, isMembers, oneOf, wholeNumberFrom } from '../../options/check.ts';
import { wrongValue } from '../../options/invalid-option.ts';
import { streamRouter } from '../../router/router.ts';
import { usageError } from '../errors/cli-error.ts';
import { readText } from '../read-text.ts';
import type { CliIo } from '../terminal/io.ts';
import { load } from '../third-party/js-yaml.ts';
import type { SourceMapping } from './source.ts';

/** A field of a declaration. */
interface Field {
  readonly check: Check;
  readonly isRequired?: true;
  /** The option of the mapping that it sets. */
  readonly option?: string;
}

const RECORD_AGE = wholeNumberFrom(60, 604_800);

const FIELDS: Readonly<Record<string, Field>> = {
  lambda: { check: FUNCTION, isRequired: true },
  stream: { check: STREAM, isRequired: true },
  starting_position: {
    check: oneOf(['TRIM_HORIZON', 'LATEST']),
    isRequired: true,
    option: 'startingPosition',
  },
  batch_size: { check: wholeNumberFrom(1, 10_000), option: 'batchSize' },
  enabled: { check: BOOLEAN, option: 'enabled' },
  bisect: { check: BOOLEAN, option: 'bisectBatchOnFunctionError' },
  retries: { check: wholeNumberFrom(-1, 10_000), option: 'maximumRetryAttempts' },
  record_age: {
    check: {
      expected: 'a whole number, -1 or from 60 to 604800',
      accepts: (value) => value === -1 || RECORD_AGE.accepts(value),
    },
    option: 'maximumRecordAgeInSeconds',
  },
  window: { check: wholeNumberFrom(0, 300), option: 'maximumBatchingWindowInSeconds' },
  parallelization: { check: wholeNumberFrom(1, 10), option: 'parallelizationFactor' },
  on_failure: { check: REFERENCE },
  partial_responses: { check: BOOLEAN },
};

const SECTION = 'dynamodb';

/**
 * Reads the mappings that a file declares, in YAML or JSON:
 *
 * ```yaml
 * dynamodb:
 *   orders:
 *     lambda: on-order
 *     stream: arn:aws:dynamodb:eu-central-1:123456789012:table/Orders/stream/2026-01-01T00:00:00.000
 *     starting_position: TRIM_HORIZON
 *     batch_size: 500
 * ```
 *
 * @throws CliError that names the field, its value and the rule
 */
export async function readDeclarations(path: string, io: CliIo): Promise<readonly SourceMapping[]> {
  const declared = parsed(path, await readText(path, path, io));
  const refuse = (place: string, problem: string): never => {
    throw usageError(`${path}: ${place} ${problem}`);
  };
  if (!isMembers(declared)) return refuse('the file', wrongValue(OBJECT, declared));
  for (const name of Object.keys(declared)) {
    if (name !== SECTION) refuse(name, `is not a section. Known sections: ${SECTION}.`);
  }
  const { [SECTION]: section } = declared as Readonly<Record<string, unknown>>;
  if (!isMembers(section)) return refuse(SECTION, wrongValue(OBJECT, section));
  const entries = Object.entries(section);
  if (entries.length === 0) refuse(SECTION, 'declares no mapping. Add one by its name.');
  return entries.map(([name, fields]) => mappingOf(name, fields, refuse));
}

const OBJECT = { expected: 'an object' };

function parsed(path: string, text: string): unknown {
  try {
    return path.endsWith('.json') ? JSON.parse(text) : load(text);
  } catch (cause) {
    const [problem = ''] = (cause as Error).message.split('\n');
    const [, tag] = /tag !<!([A-Z]\w+)>/.exec(problem) ?? [];
    if (tag !== undefined) {
      throw usageError(`${path} has the tag !${tag}, which is not read. Write ${withoutTag(tag)}.`, cause);
    }
    throw usageError(`${path} is not ${path.endsWith('.json') ? 'JSON' : 'YAML'}: ${problem}.`, cause);
  }
}

/** The long form of a tag of CloudFormation. */
function withoutTag(tag: string): string {
  if (tag === 'Ref') return '{ Ref: X }';
  return tag === 'GetAtt' ? '{ Fn::GetAtt: [X, Arn] }' : `{ Fn::${tag}: ... }`;
}

type Refuse = (place: string, problem: string) => never;

function mappingOf(name: string, given: unknown, refuse: Refuse): SourceMapping {
  const place = `${SECTION}.${name}`;
  if (!isMembers(given)) return refuse(place, wrongValue(OBJECT, given));
  const fields = given as Readonly<Record<string, unknown>>;
  for (const field of Object.keys(fields)) {
    if (Object.hasOwn(FIELDS, field)) continue;
    refuse(`${place}.${field}`, `is not a field. Known fields: ${Object.keys(FIELDS).join(', ')}.`);
  }
  const options: Record<string, unknown> = {};
  for (const [field, { check, isRequired, option }] of Object.entries(FIELDS)) {
    const value = fields[field];
    if (value === undefined && isRequired === undefined) continue;
    if (!check.accepts(value)) refuse(`${place}.${field}`, wrongValue(check, value));
    if (option !== undefined) options[option] = value;
  }
  const { on_failure: destination, partial_responses: partialResponses = true } = fields;
  if (destination !== undefined) options.destinationConfig = { onFailure: { destination } };
  // Without routes: what the function does with records, the file does not say.
  const router = streamRouter({ partialResponses: partialResponses as boolean });
  try {
    const mapping = eventSourceMapping(router, {
      ...(options as unknown as RouterMappingOptions),
      filters: false,
    });
    return {
      name,
      mapping: {
        ...mapping,
        warnings: mapping.warnings.map(({ code, message }) => ({
          code,
          message: message.replace('destinationConfig.onFailure.destination', 'on_failure'),
        })),
      },
      functionName: fields.lambda as TemplateReference,
      streamArn: fields.stream as TemplateReference,
    };
  } catch (error) {
    // Of the options, the destination alone has rules beyond those of its field.
    return refuse(`${place}.on_failure`, (error as ConfigurationError).problem);
  }
}
