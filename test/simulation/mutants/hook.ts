// node --import ./test/simulation/mutants/hook.ts, with MUTANT: loads the source with that mutant in it.
import { registerHooks } from 'node:module';
import { FILTER_MUTANTS } from '../../soundness/mutants.ts';
import { MUTANTS } from './mutants.ts';

const mutant = [...MUTANTS, ...FILTER_MUTANTS].find(({ name }) => name === process.env.MUTANT);

if (mutant !== undefined) {
  const ending = `/src/${mutant.file}`;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(ending) || loaded.source === undefined) return loaded;
      const source = loaded.source === null ? '' : Buffer.from(loaded.source as Uint8Array).toString();
      const pieces = source.split(mutant.find);
      if (pieces.length !== 2)
        throw new Error(`The mutant '${mutant.name}' does not fit ${mutant.file} any more.`);
      return { ...loaded, source: pieces.join(mutant.replace) };
    },
  });
}
