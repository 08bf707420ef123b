import type { LocalEventSourceMapping } from '../../local/event-source-mapping.ts';
import { feedbackWarning } from '../../local/feedback-warning.ts';
import type { InvocationEvent } from '../../local/mapping-events.ts';
import type { CommandContext } from '../command.ts';
import type { Connection } from '../servers/connection.ts';
import { count } from '../terminal/count.ts';
import type { Style } from '../terminal/style.ts';
import { Failures } from './failures.ts';
import { type Consequence, followInvocations } from './follow-invocations.ts';
import { formatFailures, formatInvocation, formatStatus } from './format.ts';
import { EVENT_NAMES, jsonOf } from './json-events.ts';
import type { Screen } from './screen.ts';

export interface DevReportOptions {
  readonly table: string;
  readonly handler: string;
  readonly json?: true;
}

export interface StartDetails {
  readonly connection: Pick<Connection, 'kind' | 'description' | 'environment'>;
  /** The table was created by this command. */
  readonly isNew: boolean;
  readonly startingPosition: string;
}

/** Tells of everything that happens: as lines for people, or as lines of JSON. */
export class DevReport {
  readonly failures: Failures = new Failures();
  readonly #screen: Screen;
  readonly #style: Style;
  readonly #verbose: boolean;
  readonly #options: DevReportOptions;
  #checkpoint: string | undefined;

  constructor({ style, verbose }: CommandContext, screen: Screen, options: DevReportOptions) {
    this.#style = style;
    this.#verbose = verbose;
    this.#screen = screen;
    this.#options = options;
  }

  /** The mapping reads. */
  started(mapping: LocalEventSourceMapping, details: StartDetails): void {
    const { table, handler, json } = this.#options;
    const { connection, isNew, startingPosition } = details;
    const screen = this.#screen;
    if (isNew) screen.note(`Created the table ${table} with a stream.`);
    if (connection.kind === 'embedded') {
      screen.note('Other terminals of this project find these servers. Other programs need:');
      for (const [name, value] of Object.entries(connection.environment)) {
        if (/^AWS_.*(_URL_|REGION|_KEY)/.test(name)) screen.note(`  export ${name}=${value}`);
      }
    }
    const created = Object.entries(connection.environment).filter(([name]) => !name.startsWith('AWS_'));
    if (created.length > 0) screen.note('The handler finds what was created in these variables:');
    for (const [name, value] of created) screen.note(`  ${name}=${value}`);
    screen.note(`${table} -> ${handler} from ${startingPosition}, ${connection.description}. Ctrl-C stops.`);
    if (json) {
      const { streamArn } = mapping;
      this.#json('started', { table, handler, startingPosition, streamArn });
      for (const name of EVENT_NAMES) {
        mapping.on(name, (event) =>
          this.#json(
            name,
            event,
            name === 'invocation' ? this.failures.of(event as InvocationEvent) : undefined,
          ),
        );
      }
      return;
    }
    this.#watch(mapping);
  }

  /** Ctrl-C. */
  stopping(): void {
    this.#screen.note('Stopping after what is in flight. Ctrl-C again ends it at once.');
  }

  /** Changed code is in use. */
  reloaded(): void {
    if (this.#options.json) this.#json('reloaded', {});
    else this.#line(`${this.#style('cyan', '↻')} reloaded ${this.#options.handler}`);
  }

  /** Changed code cannot be used. */
  notLoaded(error: unknown): void {
    const { message } = error as Error;
    if (this.#options.json) this.#json('not-loaded', { message });
    else this.#line(`${this.#style('red', '↻')} not reloaded: ${message} The code before it stays.`);
  }

  /** No code can be loaded at all. */
  waiting(): void {
    if (this.#options.json) this.#json('waiting', {});
    else this.#line(`${this.#style('yellow', '…')} records wait until the handler loads again`);
  }

  #watch(mapping: LocalEventSourceMapping): void {
    const { table, handler } = this.#options;
    const status = (): void => this.#screen.status(formatStatus(table, mapping.statistics, this.#checkpoint));
    const flush = followInvocations(mapping, (invocation, consequence) => {
      this.#invocation(invocation, consequence);
      status();
    });
    mapping.on('checkpoint', ({ position }) => {
      this.#checkpoint = position;
      status();
    });
    mapping.on('filtered', ({ records }) => {
      this.#line(this.#style('dim', `- ${count(records.length, 'record')} match no filter`));
      status();
    });
    mapping.on('trimmed', () => {
      this.#line(`${this.#style('red', '!')} records left the stream before they could be read`);
    });
    mapping.on('feedback', ({ records: [record], times }) => {
      this.#line(
        `${this.#style('red', '!')} ${feedbackWarning(handler, table, times)} ${this.#style('dim', `(${record?.eventID})`)}`,
      );
    });
    mapping.on('problem', ({ operation, error }) => {
      this.#screen.note(`warning: ${operation} failed, and is tried again: ${String(error)}`);
    });
    mapping.on('stopped', flush);
    status();
  }

  #invocation(invocation: InvocationEvent | undefined, consequence: Consequence | undefined): void {
    this.#line(formatInvocation(invocation, consequence, this.#style));
    if (invocation === undefined) return;
    const failures = this.failures.of(invocation);
    for (const line of formatFailures(failures, this.#style, this.#verbose)) this.#screen.line(line);
  }

  #line(text: string): void {
    const time = new Date().toTimeString().slice(0, 8);
    this.#screen.line(`${this.#style('dim', time)} ${text}`);
  }

  #json(event: string, fields: object, failures?: Parameters<typeof jsonOf>[2]): void {
    this.#screen.line(JSON.stringify(jsonOf(event, fields, failures)));
  }
}
