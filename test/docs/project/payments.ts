import type { Invoice } from './invoice.ts';

/** Stands for what a reader's own code does with an invoice: it waits a little and succeeds. */
export async function announce(
  _event: string,
  _invoice: Partial<Invoice>,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, 1));
}
