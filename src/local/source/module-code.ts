/** Where the code of a module is loaded from. It crosses to other threads. */
export type ModuleCode =
  | {
      readonly type: 'bundle';
      /** Absolute. */
      readonly file: string;
      readonly format: BundleFormat;
    }
  | {
      /** Node loads the source, and strips its types. */
      readonly type: 'source';
      /** A sentence for sources that Node cannot load like this: what makes streamlane bundle them. */
      readonly remedy: string;
    };

export type BundleFormat = 'cjs' | 'esm';
