/**
 * What the command's process ends with. `docs/cli.md` has the same table for users.
 *
 * | code | meaning |
 * | --- | --- |
 * | 0 | done; also when Ctrl-C ended a command that runs until then |
 * | 1 | what ran failed: the handler, a server, a table that is not there |
 * | 2 | wrong usage or bad input; nothing was tried |
 * | 130 | Ctrl-C before the command was done, or a second Ctrl-C |
 */
export const EXIT: {
  readonly ok: 0;
  readonly failed: 1;
  readonly usage: 2;
  readonly interrupted: 130;
} = { ok: 0, failed: 1, usage: 2, interrupted: 130 };

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
