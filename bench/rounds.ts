/** Someone who takes part in rounds. */
export interface Entrant<Input = unknown> {
  readonly name: string;
  /** Makes what one run gets, from nothing that an earlier run saw. Not timed. */
  prepare(): Input;
  /** The timed part. */
  run(input: Input): unknown;
  /** Called after the run. Not timed. @throws when the work was not done */
  verify(): void;
}

export interface RoundOptions {
  readonly rounds: number;
  /** Rounds before those, not counted: the compiler gets to know the code. */
  readonly warmups: number;
  /** Told before each round. */
  readonly progress?: (round: number, of: number) => void;
}

/**
 * Times every entrant once per round, the order rotated from round to round, so that whatever slows the
 * machine down for a while slows all of them. The heap is collected before each run.
 *
 * @returns milliseconds by entrant, one per counted round
 */
export async function timeRounds(
  entrants: readonly Entrant[],
  { rounds, warmups, progress }: RoundOptions,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(entrants.map(({ name }) => [name, []]));
  for (let round = -warmups; round < rounds; round++) {
    progress?.(round + warmups, rounds + warmups);
    for (let turn = 0; turn < entrants.length; turn++) {
      const entrant = entrants[(turn + round + warmups) % entrants.length] as Entrant;
      const ms = await timeOf(entrant);
      if (round >= 0) times.get(entrant.name)?.push(ms);
    }
  }
  return times;
}

async function timeOf(entrant: Entrant): Promise<number> {
  const input = entrant.prepare();
  globalThis.gc?.();
  const startedAt = performance.now();
  await entrant.run(input);
  const ms = performance.now() - startedAt;
  entrant.verify();
  return ms;
}
