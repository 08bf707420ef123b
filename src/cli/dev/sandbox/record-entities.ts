import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { EntityRecords } from '../../../console/record-groups.ts';
import type { TableEntities } from '../../../table/table-entities.ts';
import { numberReader, type ToNumber } from '../../../unmarshall/numbers.ts';
import { readMetadata } from './readable-exports.ts';

type FindEntities = (event: DynamoDBStreamEvent) => readonly EntityRecords[];

/**
 * Makes a function that finds the entities of an event's records.
 *
 * @param exports those of the handler's module, the handler first: Middy's functions do not tell what they wrap
 * @returns undefined if no router among them has a table with entities
 */
export function entityFinder(exports: readonly unknown[]): FindEntities | undefined {
  const table = exports
    .map((exported) => readMetadata(exported)?.settings.table)
    .find((table) => table?.['~entities'] !== undefined);
  if (table === undefined) return undefined;
  const entities = table['~entities'] as TableEntities;
  const reading = {
    toNumber: numberReader('number') as ToNumber,
    viewType: table.viewType,
    open: table['~open'],
  };
  return (event) => {
    const found = new Map<string, string[]>();
    for (const record of event.Records) {
      const sequenceNumber = record.dynamodb?.SequenceNumber;
      const name = entities.nameOf(record, reading);
      if (name === undefined || sequenceNumber === undefined) continue;
      const sequenceNumbers = found.get(name);
      if (sequenceNumbers === undefined) found.set(name, [sequenceNumber]);
      else sequenceNumbers.push(sequenceNumber);
    }
    return [...found].map(([entity, sequenceNumbers]) => ({ entity, sequenceNumbers }));
  };
}
