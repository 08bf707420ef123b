import { toCloudFormation } from '../../mapping/formats/cloud-formation.ts';
import { type SamOptions, toSam } from '../../mapping/formats/sam.ts';
import { toServerless } from '../../mapping/formats/serverless.ts';
import type { DestinationType } from '../../mapping/formats/template.ts';
import { toTerraform } from '../../mapping/formats/terraform.ts';
import type { TemplateReference } from '../../mapping/router-mapping.ts';
import { usageError } from '../errors/cli-error.ts';
import { cdkCode } from './cdk-code.ts';
import type { SourceMapping } from './source.ts';

/** The flags that a format takes. */
export interface OutputFlags {
  readonly destinationType?: string;
}

/** The tools that a mapping is printed for. */
export type OutputFormat = 'cdk' | 'cloudformation' | 'json' | 'sam' | 'serverless' | 'terraform';

/** Writes the mappings of a source in a format. */
type Write = (
  mappings: readonly SourceMapping[],
  flags: OutputFlags,
  source: string,
) => Promise<string> | string;

const FORMATS: Readonly<Record<OutputFormat, Write>> = {
  async cloudformation(mappings) {
    const parameters = { functionName: { Ref: 'FunctionName' }, streamArn: { Ref: 'StreamArn' } };
    const resources = named(mappings, pascal).map(({ name, mapping, functionName, streamArn }) =>
      toCloudFormation(mapping, {
        logicalId: name,
        functionName: functionName ?? parameters.functionName,
        streamArn: streamArn ?? parameters.streamArn,
      }),
    );
    return yaml({ ...declared(parameters, mappings), Resources: Object.assign({}, ...resources) });
  },

  async sam(mappings, flags) {
    const events = named(mappings, pascal).map((mapping) => ({
      ...mapping,
      event: toSam(mapping.mapping, {
        streamArn: mapping.streamArn ?? { Ref: 'StreamArn' },
        destinationType: flags.destinationType as SamOptions['destinationType'],
      }),
    }));
    const functions = byFunction(events);
    if (functions === undefined) return yaml({ Events: eventsByName(events) });
    const Resources = Object.fromEntries(
      functions.map(([id, own]) => [pascal(id), { Properties: { Events: eventsByName(own) } }]),
    );
    return yaml({ ...declared({ streamArn: { Ref: 'StreamArn' } }, mappings), Resources });
  },

  async serverless(mappings, flags) {
    const events = mappings.map((mapping) => ({
      ...mapping,
      event: toServerless(mapping.mapping, {
        streamArn: mapping.streamArn ?? '${param:streamArn}',
        destinationType: flags.destinationType as DestinationType | undefined,
      }),
    }));
    const functions = byFunction(events);
    if (functions === undefined) return yaml({ events: events.map(({ event }) => event) });
    return yaml({
      functions: Object.fromEntries(
        functions.map(([name, own]) => [name, { events: own.map(({ event }) => event) }]),
      ),
    });
  },

  terraform(mappings) {
    const resources = named(mappings, snake).map(
      ({ name, mapping, functionName = '${var.function_name}', streamArn = '${var.stream_arn}' }) =>
        toTerraform(mapping, { name, functionName, streamArn }).resource.aws_lambda_event_source_mapping,
    );
    return json({ resource: { aws_lambda_event_source_mapping: Object.assign({}, ...resources) } });
  },

  cdk: (mappings, _flags, source) => cdkCode(named(mappings, pascal), source),

  json: (mappings) =>
    json(
      Object.fromEntries(
        mappings.map(({ name, mapping, functionName, streamArn }) => [
          name,
          { functionName, streamArn, ...mapping },
        ]),
      ),
    ),
};

/** Checks if text names a format. */
export function isFormat(text: string): text is OutputFormat {
  return Object.hasOwn(FORMATS, text);
}

/**
 * Writes mappings for a tool. Without a function or a stream, the text has parameters or variables in their places.
 *
 * @throws ConfigurationError for what the format cannot say
 */
export async function writtenIn(
  format: OutputFormat,
  source: string,
  mappings: readonly SourceMapping[],
  flags: OutputFlags,
): Promise<string> {
  return FORMATS[format](mappings, flags, source);
}

/** The section `Parameters` with those that stand in for what a mapping does not say. Empty where there are none. */
function declared(
  parameters: Readonly<Partial<Record<'functionName' | 'streamArn', { readonly Ref: string }>>>,
  mappings: readonly SourceMapping[],
): object {
  const missing = Object.entries(parameters).filter(([name]) =>
    mappings.some((mapping) => mapping[name as keyof typeof parameters] === undefined),
  );
  if (missing.length === 0) return {};
  return { Parameters: Object.fromEntries(missing.map(([, { Ref }]) => [Ref, { Type: 'String' }])) };
}

/** Gives each mapping a name that the format takes. */
function named(
  mappings: readonly SourceMapping[],
  nameOf: (name: string) => string,
): readonly SourceMapping[] {
  const renamed = mappings.map((mapping) => ({ ...mapping, name: nameOf(mapping.name) }));
  renamed.forEach(({ name }, index) => {
    const other = renamed.findIndex((one) => one.name === name);
    if (other === index) return;
    throw usageError(
      `The mappings ${mappings[other]?.name} and ${mappings[index]?.name} would both be called ${name}. Rename one of them.`,
    );
  });
  return renamed;
}

/** `on-order` is `OnOrder`: logical ids have letters and digits alone. */
function pascal(name: string): string {
  return words(name)
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('');
}

function snake(name: string): string {
  return words(name).join('_').replace(/^\d/, '_$&');
}

function words(name: string): readonly string[] {
  const found = name.match(/[A-Za-z0-9]+/g);
  if (found !== null) return found;
  throw usageError(
    `The name ${JSON.stringify(name)} has neither letters nor digits. Give the mapping another one.`,
  );
}

interface MappedEvent extends SourceMapping {
  readonly event: object;
}

function eventsByName(events: readonly MappedEvent[]): object {
  return Object.fromEntries(events.map(({ name, event }) => [name, event]));
}

/** The events by the names of their functions. Undefined where a function has no name yet, or one that the template completes. */
function byFunction(
  events: readonly MappedEvent[],
): readonly (readonly [string, readonly MappedEvent[]])[] | undefined {
  const names = events.map(({ functionName }) => ownName(functionName));
  if (names.includes(undefined)) return undefined;
  return [...new Set(names as readonly string[])].map((name) => [
    name,
    events.filter((_, index) => names[index] === name),
  ]);
}

function ownName(functionName: TemplateReference | undefined): string | undefined {
  if (typeof functionName === 'string') return /^[\w-]+$/.test(functionName) ? functionName : undefined;
  return typeof functionName?.Ref === 'string' ? functionName.Ref : undefined;
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

async function yaml(value: unknown): Promise<string> {
  const { dump } = await import('../third-party/js-yaml.ts');
  return dump(value, { noRefs: true, lineWidth: -1 });
}
