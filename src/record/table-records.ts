import { CheckedRecord } from './checked-record.ts';
import type { RecordEntities } from './entities.ts';
import { EntityRecord } from './entity-record.ts';
import type { RecordOpener } from './lazy-record.ts';
import type { ImageChecks } from './schema.ts';

/** The declarations of a table that change how its records are read: one schema, or entities. */
export interface RecordDeclarations {
  /** Undefined where the table has no schema. */
  readonly checks?: ImageChecks | undefined;
  /** Undefined where the table declares no entities. */
  readonly entities?: RecordEntities | undefined;
}

/** Lets the records of a table know its schema or entities. */
export function tableRecords({ checks, entities }: RecordDeclarations): RecordOpener {
  return entities?.hasSchema === false
    ? (raw, reading) => new EntityRecord(raw, reading, entities)
    : (raw, reading) => new CheckedRecord(raw, reading, entities, checks);
}
