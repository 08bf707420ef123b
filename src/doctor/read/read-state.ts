import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import { destinationPolicy } from '../../mapping/policies/destination-policy.ts';
import { streamPolicy } from '../../mapping/policies/stream-policy.ts';
import type { DeclaredCode } from '../declared-code.ts';
import type { DeployedMapping, DeployedState } from '../deployed-state.ts';
import { type NeededPermission, neededFor } from '../needed-permission.ts';
import { isUnread, known, mapPart, type Part, unread } from '../part.ts';
import { sinkPermissions } from '../sink-permissions.ts';
import { arnOf } from './arn.ts';
import type { Clients } from './clients.ts';
import { readFunction, readReservedConcurrency } from './read-function.ts';
import { listMappings, mappingOptions } from './read-mappings.ts';
import { readPermissions, type Simulate, simulatePolicies } from './read-permissions.ts';
import { readStream, readTable } from './read-stream.ts';
import { readTarget } from './read-target.ts';
import { readAlarms, readMetrics } from './read-watch.ts';

/** The question that the state answers. */
export interface StateQuestion {
  readonly functionName: string;
  /** Only the mappings of that alias or version. Undefined: all. */
  readonly qualifier: string | undefined;
  readonly now: Date;
  /** Undefined without `--router`. */
  readonly code: DeclaredCode | undefined;
}

/**
 * Reads the deployed state of a function with calls that change nothing. One that AWS refuses leaves its part unread, and no other.
 */
export async function readState(clients: Clients, question: StateQuestion): Promise<DeployedState> {
  const { functionName, qualifier, now } = question;
  const [listed, reservedConcurrency, alarms, metrics] = await Promise.all([
    listMappings(clients, functionName, qualifier),
    readReservedConcurrency(clients, functionName),
    readAlarms(clients, functionName),
    readMetrics(clients, functionName, now),
  ]);
  const reader = new MappingReader(clients, question);
  const mappings = isUnread(listed)
    ? listed
    : known(await reader.readAll(listed.value.own, listed.value.all));
  const { unlisted, otherExecutions } = isUnread(listed)
    ? { unlisted: undefined, otherExecutions: listed.notChecked }
    : listed.value;
  return {
    functionName,
    readAt: now,
    mappings,
    unlisted,
    otherExecutions,
    reservedConcurrency,
    alarms,
    metrics,
  };
}

/** Reads the resources of each mapping. Resources that several mappings share are read once. */
class MappingReader {
  readonly #clients: Clients;
  readonly #question: StateQuestion;
  readonly #read: Map<string, Promise<unknown>> = new Map();

  constructor(clients: Clients, question: StateQuestion) {
    this.#clients = clients;
    this.#question = question;
  }

  async readAll(
    own: readonly EventSourceMappingConfiguration[],
    all: Part<readonly EventSourceMappingConfiguration[]>,
  ): Promise<readonly DeployedMapping[]> {
    const mappings: DeployedMapping[] = [];
    // One after the other: the quotas of these calls are small, and others deploy meanwhile.
    for (const configuration of own) mappings.push(await this.#mapping(configuration, all));
    return mappings;
  }

  async #mapping(
    configuration: EventSourceMappingConfiguration,
    all: Part<readonly EventSourceMappingConfiguration[]>,
  ): Promise<DeployedMapping> {
    const clients = this.#clients;
    const { functionName, code: declared } = this.#question;
    const options = mappingOptions(configuration);
    const { functionArn, qualifier, streamArn, destination, uuid } = options;
    const [found, stream, table, target] = await Promise.all([
      this.#once(`function ${qualifier}`, () => readFunction(clients, functionName, qualifier)),
      this.#once(`stream ${streamArn}`, () => readStream(clients, streamArn)),
      this.#once(`table ${streamArn}`, () => readTable(clients, streamArn)),
      this.#once(`target ${destination}`, () => readTarget(clients, destination, arnOf(functionArn).account)),
    ]);
    const isCodeMissing = !isUnread(found) && found.value === undefined;
    const code = isUnread(found)
      ? found
      : found.value === undefined
        ? unread(`there is no ${functionName}:${qualifier}`)
        : known(found.value);
    const readers = mapPart(all, (mappings) =>
      mappings
        .filter(
          ({ EventSourceArn, UUID, State }) =>
            EventSourceArn === streamArn && UUID !== uuid && State !== 'Disabled',
        )
        .map(({ FunctionArn = '' }) => arnOf(FunctionArn).resource.replace('function:', '')),
    );
    const simulate: Simulate = (role, resource, actions) =>
      this.#once(`simulation ${role} ${resource} ${actions}`, () =>
        simulatePolicies(clients, role, resource, actions),
      );
    const permissions = isUnread(code)
      ? code
      : await readPermissions(simulate, code.value.role, [
          ...ofMapping(streamArn, destination),
          ...(declared === undefined ? [] : sinkPermissions(declared, code.value, functionArn)),
        ]);
    return { ...options, code, isCodeMissing, stream, table, target, otherReaders: readers, permissions };
  }

  #once<T>(key: string, read: () => Promise<T>): Promise<T> {
    let answer = this.#read.get(key) as Promise<T> | undefined;
    if (answer === undefined) {
      answer = read();
      this.#read.set(key, answer);
    }
    return answer;
  }
}

function ofMapping(streamArn: string, destination: string | undefined): readonly NeededPermission[] {
  const { service } = arnOf(destination ?? '');
  return [
    ...neededFor('the mapping', streamPolicy(streamArn)),
    ...(destination !== undefined && ['sqs', 'sns', 's3'].includes(service)
      ? neededFor('its destination', destinationPolicy(destination))
      : []),
  ];
}
