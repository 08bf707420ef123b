import type { DynamoDBRecord } from 'aws-lambda';
import { EntityRecord } from '../record/entity-record.ts';
import { type LazyRecord, openRecord, type RecordReading } from '../record/lazy-record.ts';
import { MalformedRecord, UnfitRecord } from './unreadable-record.ts';

// An asynchronous schema may ask a server: as many at once as a router has lanes by default.
const CHECKS_AT_ONCE = 10;

/**
 * Opens the records of a checked event for a loop. A fault of one record is thrown where that
 * record is read, and so harms none of its neighbours.
 *
 * @returns a promise where the images have to be checked: an asynchronous schema cannot do so on read
 */
export function openRecords(
  raws: readonly DynamoDBRecord[],
  reading: RecordReading,
): LazyRecord[] | Promise<LazyRecord[]> {
  const records = raws.map((raw) => openOrRefuse(raw, reading));
  return reading.open === undefined ? records : checkAll(records, reading);
}

function openOrRefuse(raw: DynamoDBRecord, reading: RecordReading): LazyRecord {
  try {
    return openRecord(raw, reading);
  } catch (reason) {
    return new MalformedRecord(raw, reading, reason);
  }
}

async function checkAll(records: LazyRecord[], reading: RecordReading): Promise<LazyRecord[]> {
  // One iterator for all: each record is checked by the worker that is free.
  const unchecked = records.entries();
  const check = async (): Promise<void> => {
    for (const [index, record] of unchecked) {
      try {
        if (record instanceof EntityRecord) await record.validate();
      } catch (reason) {
        records[index] = new UnfitRecord(record, reading, reason);
      }
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, check));
  return records;
}
