/** The rows of a long list that are drawn. */
export interface ListWindow {
  readonly first: number;
  /** Behind the last one. */
  readonly end: number;
}

// Rows that a quick scroll shows before the next drawing.
const OVERSCAN = 8;

/** Finds the rows that are visible. */
export function windowOf(count: number, rowHeight: number, scrollTop: number, height: number): ListWindow {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - OVERSCAN);
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + OVERSCAN);
  return { first: Math.min(first, end), end };
}

/** Moves the scroll position as little as needed to show a row. */
export function scrollTo(row: number, rowHeight: number, scrollTop: number, height: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}
