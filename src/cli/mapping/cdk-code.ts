import { handlerModuleOf } from '../../local/handler/handler-module.ts';
import { isMembers } from '../../options/check.ts';
import { usageError } from '../errors/cli-error.ts';
import { isReference } from '../flags/mapping-flags.ts';
import type { SourceMapping } from './source.ts';

/** Classes of the CDK that stand for a destination that exists already, by the service in its ARN. */
const DESTINATIONS: Readonly<Record<string, readonly [module: string, name: string, from: string]>> = {
  sqs: ['aws-cdk-lib/aws-sqs', 'Queue', 'fromQueueArn'],
  sns: ['aws-cdk-lib/aws-sns', 'Topic', 'fromTopicArn'],
  s3: ['aws-cdk-lib/aws-s3', 'Bucket', 'fromBucketArn'],
};

/** An import, and what uses it. */
interface Code {
  readonly imports: ReadonlySet<string>;
  readonly body: string;
}

/**
 * Writes mappings as code of the CDK. A router becomes a `StreamEventSource`, which derives the mapping again from it; what a file
 * declares becomes a resource. The variables `fn` and `table` are the function and the table of the app.
 *
 * @throws CliError for a mapping whose router is not known, and for a destination that the CDK has to know
 */
export function cdkCode(mappings: readonly SourceMapping[], source: string): string {
  const parts = mappings.map((mapping) =>
    mapping.router === undefined ? resourceCode(mapping, source) : eventSourceCode(mapping, source),
  );
  const imports = new Set(parts.flatMap((part) => [...part.imports]));
  return [[...imports].sort().join('\n'), ...parts.map(({ body }) => body)].join('\n\n');
}

function eventSourceCode({ router, streamArn }: SourceMapping, source: string): Code {
  const { destinationConfig, ...options } = (router as NonNullable<typeof router>).options;
  const { path, name } = handlerModuleOf(source);
  const local = name === 'default' ? 'handler' : name;
  const module = /^[./]/.test(path) ? path : `./${path}`;
  const { onFailure } = (destinationConfig ?? {}) as {
    readonly onFailure?: { readonly destination?: unknown };
  };
  const destination =
    onFailure?.destination === undefined ? undefined : destinationCode(onFailure.destination);
  const members = [
    `router: ${local}`,
    ...Object.entries(options).map(([option, value]) => `${option}: ${literal(value)}`),
    ...(destination === undefined ? [] : [`onFailure: ${destination.body}`]),
  ];
  return {
    imports: new Set([
      "import { StreamEventSource } from 'streamlane/cdk';",
      `import ${name === 'default' ? local : `{ ${name} }`} from ${literal(module)};`,
      ...(destination?.imports ?? []),
    ]),
    body: [
      'fn.addEventSource(',
      `  new StreamEventSource(${typeof streamArn === 'string' ? literal(streamArn) : 'table'}, {`,
      ...members.map((member) => `    ${member},`),
      '  }),',
      ');',
    ].join('\n'),
  };
}

function destinationCode(destination: unknown): Code {
  const [, , service = ''] = typeof destination === 'string' ? destination.split(':') : [];
  const found = DESTINATIONS[service];
  if (found === undefined) {
    throw usageError(
      '--destination-config has to be an ARN for cdk, because the function gets the permission to send there. Leave it out, and ' +
        'pass your queue as onFailure.',
    );
  }
  const [module, name, from] = found;
  return {
    imports: new Set([`import { ${name} } from '${module}';`]),
    body: `${name}.${from}(this, 'Failures', ${literal(destination)})`,
  };
}

function resourceCode({ name, mapping, functionName, streamArn }: SourceMapping, source: string): Code {
  if (functionName === undefined || streamArn === undefined) {
    throw usageError(
      `${source} is a mapping, but the CDK needs its router. Name the export that is the router, or ` +
        'add --function and --stream for a resource.',
    );
  }
  const members = Object.entries({
    functionName,
    eventSourceArn: streamArn,
    ...(inLowerCamelCase(mapping.properties) as object),
  }).map(([option, value]) => `  ${option}: ${literal(value)},`);
  const body = [`new CfnEventSourceMapping(this, '${name}', {`, ...members, '});'].join('\n');
  return {
    imports: new Set([
      "import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';",
      ...(body.includes(TOKEN) ? ["import { Token } from 'aws-cdk-lib';"] : []),
    ]),
    body,
  };
}

function inLowerCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inLowerCamelCase);
  if (!isMembers(value) || isReference(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      `${name[0]?.toLowerCase()}${name.slice(1)}`,
      inLowerCamelCase(member),
    ]),
  );
}

/** The CDK takes text in the place of a reference. */
const TOKEN = 'Token.asString';

/** Writes a value as TypeScript. */
function literal(value: unknown): string {
  if (typeof value === 'string') {
    const escaped = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
    return `'${escaped}'`;
  }
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (!isMembers(value)) return `${value}`;
  const members = Object.entries(value).map(
    ([name, member]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name)}: ${literal(member)}`,
  );
  const object = `{ ${members.join(', ')} }`;
  return isReference(value) ? `${TOKEN}(${object})` : object;
}
