/** The lines of shards: each has a colour of the style sheet, and dashes for people who do not see it. */
export const LINES: readonly { readonly color: string; readonly dash: readonly number[] }[] = [
  { color: '--accent', dash: [] },
  { color: '--warn', dash: [8, 4] },
  { color: '--good', dash: [2, 3] },
  { color: '--bad', dash: [10, 3, 2, 3] },
  { color: '--text', dash: [4, 2] },
  { color: '--soft', dash: [14, 4] },
];
