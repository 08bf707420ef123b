import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { DeployedMapping } from '../deployed-state.ts';
import { isUnread, known, type Part, unread } from '../part.ts';
import { attempt, isDenied } from './attempt.ts';
import type { Clients } from './clients.ts';

const LIST = 'lambda:ListEventSourceMappings';

/** The mappings of a function, and what can be said of other mappings. */
export interface ListedMappings {
  readonly own: readonly EventSourceMappingConfiguration[];
  /** Every mapping of a DynamoDB stream in the account and Region. */
  readonly all: Part<readonly EventSourceMappingConfiguration[]>;
  /** Why `own` may lack some: a clause. Undefined: it has all. */
  readonly unlisted: string | undefined;
  /** Why mappings besides `own` may take executions of the function: a clause. Undefined: there are none. */
  readonly otherExecutions: string | undefined;
}

/**
 * Lists the mappings of a function: those that invoke its unpublished code, and those of its aliases and versions.
 *
 * One list of the whole Region has them all, and the other readers of the same streams. Where the policy allows one function alone, the
 * function and each of its aliases are asked for. Its versions are not known then.
 *
 * @param qualifier only the mappings of that alias or version
 */
export async function listMappings(
  clients: Clients,
  functionName: string,
  qualifier: string | undefined,
): Promise<Part<ListedMappings>> {
  return attempt(LIST, async () => {
    const all = await attempt(LIST, () => pages(clients, undefined));
    const isHere = ({ FunctionArn = '' }: EventSourceMappingConfiguration): boolean => {
      const [, , , , , , name, ofMapping] = FunctionArn.split(':');
      return name === functionName && (qualifier === undefined || qualifier === ofMapping);
    };
    if (!isUnread(all)) {
      const ofFunction = all.value.filter(
        ({ FunctionArn = '' }) => FunctionArn.split(':')[6] === functionName,
      );
      const own = ofFunction.filter(isHere);
      const hasOthers = ofFunction.some((one) => one.State !== 'Disabled' && !own.includes(one));
      return { own, all, unlisted: undefined, otherExecutions: hasOthers ? OTHERS : undefined };
    }
    const { notChecked: otherExecutions } = all;
    if (qualifier !== undefined) {
      const own = (await pages(clients, `${functionName}:${qualifier}`)).filter(isHere);
      return { own, all, unlisted: undefined, otherExecutions };
    }
    const aliases = await aliasesOf(clients, functionName);
    const own = (await ofNames(clients, [functionName, ...(aliases ?? [])])).filter(isHere);
    const unlisted =
      aliases === undefined
        ? 'AWS refuses lambda:ListAliases, so mappings of aliases and versions are not known'
        : `${all.notChecked} of all functions, so mappings of versions are not known`;
    return { own, all, unlisted, otherExecutions };
  });
}

const OTHERS = 'mappings of other aliases or versions take executions of the function too';

/** Every page, without mappings of other sources than DynamoDB streams. */
async function pages(
  clients: Clients,
  FunctionName: string | undefined,
): Promise<readonly EventSourceMappingConfiguration[]> {
  const { client, module } = await clients.lambda();
  const mappings: EventSourceMappingConfiguration[] = [];
  let Marker: string | undefined;
  do {
    const page = await client.send(new module.ListEventSourceMappingsCommand({ FunctionName, Marker }));
    mappings.push(...(page.EventSourceMappings ?? []));
    Marker = page.NextMarker;
  } while (Marker);
  return mappings.filter(({ EventSourceArn = '' }) => isStream(EventSourceArn));
}

/** Mappings by UUID: a list of a function may have those of its aliases too. */
async function ofNames(
  clients: Clients,
  names: readonly string[],
): Promise<readonly EventSourceMappingConfiguration[]> {
  const found = new Map<string | undefined, EventSourceMappingConfiguration>();
  for (const name of names) for (const one of await pages(clients, name)) found.set(one.UUID, one);
  return [...found.values()];
}

/** Names of aliases, as calls take them. Undefined if AWS refuses to list them. */
async function aliasesOf(clients: Clients, FunctionName: string): Promise<readonly string[] | undefined> {
  const { client, module } = await clients.lambda();
  const names: string[] = [];
  let Marker: string | undefined;
  try {
    do {
      const page = await client.send(new module.ListAliasesCommand({ FunctionName, Marker }));
      names.push(...(page.Aliases ?? []).map(({ Name }) => `${FunctionName}:${Name}`));
      Marker = page.NextMarker;
    } while (Marker);
  } catch (error) {
    if (!isDenied(error)) throw error;
    return undefined;
  }
  return names;
}

function isStream(arn: string): boolean {
  return /^arn:[\w-]+:dynamodb:[\w-]+:\d+:table\/[^/]+\/stream\/[^/]+$/.test(arn);
}

/** The options of a mapping that come from AWS's answer alone. */
export type MappingOptions = Omit<
  DeployedMapping,
  'code' | 'isCodeMissing' | 'stream' | 'table' | 'target' | 'otherReaders' | 'permissions'
>;

/** Options that AWS may keep and that do nothing for a DynamoDB stream. */
const FOREIGN: readonly (keyof EventSourceMappingConfiguration)[] = [
  'AmazonManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
  'LoggingConfig',
  'ProvisionedPollerConfig',
  'Queues',
  'ScalingConfig',
  'SelfManagedEventSource',
  'SelfManagedKafkaEventSourceConfig',
  'SourceAccessConfigurations',
  'StartingPositionTimestamp',
  'Topics',
];

export function mappingOptions(mapping: EventSourceMappingConfiguration): MappingOptions {
  const { FilterCriteria, FilterCriteriaError, DestinationConfig, FunctionArn } = mapping;
  return {
    uuid: `${mapping.UUID}`,
    functionArn: `${FunctionArn}`,
    qualifier: `${FunctionArn}`.split(':')[7],
    streamArn: `${mapping.EventSourceArn}`,
    state: `${mapping.State}`,
    stateReason: mapping.StateTransitionReason,
    lastResult: mapping.LastProcessingResult,
    lastModified: mapping.LastModified,
    startingPosition: mapping.StartingPosition,
    batchSize: mapping.BatchSize ?? 100,
    maximumBatchingWindowInSeconds: mapping.MaximumBatchingWindowInSeconds ?? 0,
    parallelizationFactor: mapping.ParallelizationFactor ?? 1,
    maximumRetryAttempts: mapping.MaximumRetryAttempts ?? -1,
    maximumRecordAgeInSeconds: mapping.MaximumRecordAgeInSeconds ?? -1,
    bisectBatchOnFunctionError: mapping.BisectBatchOnFunctionError ?? false,
    tumblingWindowInSeconds: mapping.TumblingWindowInSeconds ?? 0,
    functionResponseTypes: mapping.FunctionResponseTypes ?? [],
    filters:
      FilterCriteriaError === undefined
        ? known((FilterCriteria?.Filters ?? []).map(({ Pattern = '{}' }) => Pattern))
        : unread(`AWS cannot show the filters: ${FilterCriteriaError.ErrorCode}`),
    destination: DestinationConfig?.OnFailure?.Destination || undefined,
    onSuccess: DestinationConfig?.OnSuccess?.Destination || undefined,
    foreignOptions: FOREIGN.filter((name) => isGiven(mapping[name])),
  };
}

function isGiven(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return typeof value !== 'object' || value instanceof Date || Object.keys(value).length > 0;
}
