/** Most faults are found within so many histories, most of those within 50. */
export const WITHIN = 2000;

/** A fault put into the source: a piece of one file, replaced. */
export interface Mutant {
  /** Names the fault. */
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The fault was there once, and has been mended. */
  readonly happened?: true;
  /** Histories within which it is found. @defaultValue {@link WITHIN} */
  readonly within?: number;
  /** Entry points that can show it, to look at no others. */
  readonly only?: readonly string[];
  /** Why no history can show it, for a mutant that is equivalent. */
  readonly equivalent?: string;
}
