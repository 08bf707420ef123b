/**
 * The exit codes of the command's process. `docs/cli.md` has the same table for users.
 *
 * | code | meaning |
 * | --- | --- |
 * | 0 | success; also when Ctrl-C ended a command that runs until then |
 * | 1 | the command failed: an error of the handler or of a server, a missing table |
 * | 2 | wrong usage or bad input; nothing was started |
 * | 130 | Ctrl-C before the command had finished, or a second Ctrl-C |
 */
export const EXIT: {
  readonly ok: 0;
  readonly failed: 1;
  readonly usage: 2;
  readonly interrupted: 130;
} = { ok: 0, failed: 1, usage: 2, interrupted: 130 };

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
