/**
 * The entity of a record, for logs, dead letters and audit entries. Undefined where it cannot be told: reading `entity` throws
 * if the image that decides is missing or malformed, and such a record must be logged as well.
 */
export function knownEntityOf(record: { readonly entity: string | undefined }): string | undefined {
  try {
    return record.entity;
  } catch {
    return undefined;
  }
}
