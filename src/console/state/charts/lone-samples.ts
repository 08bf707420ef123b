/** Returns the places of the samples that have no neighbour: a line cannot show them. */
export function loneSamples(values: readonly (number | null | undefined)[]): number[] {
  const isSample = (index: number): boolean => typeof values[index] === 'number';
  return [...values.keys()].filter(
    (index) => isSample(index) && !isSample(index - 1) && !isSample(index + 1),
  );
}
