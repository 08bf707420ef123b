import { canonicalNumber } from '../../item/decimal.ts';

// TypeScript's libraries do not have it yet; every Node that runs this does.
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): object };

/** A number policy under which `JSON.stringify` writes the digits that DynamoDB keeps. */
export function exactNumber(text: string): unknown {
  try {
    return rawJSON(text);
  } catch {
    return rawJSON(canonicalNumber(text) ?? JSON.stringify(text)); // such as `.5`, of an emulator
  }
}
