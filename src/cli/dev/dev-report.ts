import type { LiveConsole } from '../../console/live-console.ts';
import { EVENT_NAMES } from '../../console/protocol/event-names.ts';
import type { CommandHappening, KeyType, RetrySettings } from '../../console/protocol/events.ts';
import type { AcceptedMessage } from '../../emulators/accepted-messages.ts';
import type { LocalEventSourceMapping } from '../../local/event-source-mapping.ts';
import type { InvocationEvent } from '../../local/mapping-events.ts';
import { recursiveLoopWarning } from '../../local/recursive-loop-warning.ts';
import type { CommandContext } from '../command.ts';
import { hintFor } from '../errors/missing-variable.ts';
import { AcceptedMessages } from '../servers/accepted-messages.ts';
import type { Connection } from '../servers/connection.ts';
import { shellLines } from '../servers/shell-lines.ts';
import { count } from '../terminal/count.ts';
import { keysText } from '../terminal/keys-text.ts';
import { type Style, withTime } from '../terminal/style.ts';
import { type Failure, Failures } from './failures.ts';
import { type Consequence, followInvocations } from './follow-invocations.ts';
import { formatFailures, formatInvocation, formatStatus, signatureOf } from './format.ts';
import { importOf } from './handler-import.ts';
import { jsonOf } from './json-events.ts';
import { NO_OUTPUT_MASK, type OutputMask } from './output-mask.ts';
import type { Screen } from './screen.ts';
import { TraceReport } from './traces/trace-report.ts';

export interface DevReportOptions {
  readonly table: string;
  readonly handler: string;
  readonly json?: true;
  readonly showMessages?: true;
}

export interface StartDetails {
  readonly connection: Pick<Connection, 'kind' | 'description' | 'environment'>;
  /** The table was created by this command. */
  readonly isNew: boolean;
  readonly startingPosition: string;
  readonly tumblingWindowInSeconds?: number | undefined;
  /** Of the table, partition key first. */
  readonly keyNames: readonly string[];
  readonly keyTypes: readonly KeyType[];
  /** Only the template of the mapping knows its on-failure destination. */
  readonly isDestinationElsewhere: boolean;
  readonly retries: RetrySettings;
}

const MAX_SEEN = 1000;

/** The commands of the live console, as lines. */
const COMMANDS = {
  paused: 'paused by the live console: invocations wait',
  resumed: 'resumed by the live console',
  skipped: 'skipped by the live console: a failed batch is discarded',
} as const;

/** Reports everything that happens: as lines for people, or as lines of JSON. */
export class DevReport {
  readonly failures: Failures = new Failures();
  readonly #screen: Screen;
  readonly #style: Style;
  readonly #verbose: boolean;
  readonly #env: NodeJS.ProcessEnv;
  readonly #options: DevReportOptions;
  readonly #messages: AcceptedMessages;
  #console: LiveConsole | undefined;
  #lastId = 0;
  #checkpoint: string | undefined;
  #keyNames: readonly string[] = [];
  #deadLettered = 0;
  /** The variables that were warned about. */
  #unset: ReadonlySet<string> = new Set();
  /** How often the failures of the same records have been seen. */
  readonly #seen: Map<string, number> = new Map();

  readonly #mask: OutputMask;

  constructor(
    { io, style, verbose }: CommandContext,
    screen: Screen,
    options: DevReportOptions,
    mask: OutputMask = NO_OUTPUT_MASK,
  ) {
    this.#mask = mask;
    this.#style = style;
    this.#verbose = verbose;
    this.#env = io.env;
    this.#screen = screen;
    this.#options = options;
    this.#messages = new AcceptedMessages({
      style,
      areShown: options.showMessages === true,
      areWhole: verbose,
      onPlace: (text) => this.#line(text),
      onMessage: (text) => screen.line(text),
    });
  }

  /** Shows all events in the live console too, if there is one. */
  showIn(console: LiveConsole | undefined): void {
    this.#console = console;
  }

  /** Makes the report of traces, which writes to the same outputs. */
  traces(keyNames: readonly string[]): TraceReport {
    return new TraceReport({
      style: this.#style,
      verbose: this.#verbose,
      json: this.#options.json === true,
      keyNames,
      mask: this.#mask,
      onLine: (text) => this.#screen.line(text),
      onNote: (text) => this.#screen.note(text),
      onEvent: (event, fields) => this.#json(event, fields),
    });
  }

  /** The mapping reads. */
  started(mapping: LocalEventSourceMapping, details: StartDetails): void {
    const { table, handler, json } = this.#options;
    const { connection, isNew, startingPosition, tumblingWindowInSeconds, retries } = details;
    const { keyNames, keyTypes, isDestinationElsewhere } = details;
    this.#keyNames = keyNames;
    const screen = this.#screen;
    if (isNew) screen.note(`Created the table ${table} with a stream.`);
    if (connection.kind === 'embedded') {
      screen.note(
        'Other commands of this project find these servers. For other programs, use: streamlane exec -- <program>',
      );
      const lines = this.#verbose ? shellLines(connection.environment) : [];
      for (const line of lines) if (/^\w+ AWS_/.test(line)) screen.note(`  ${line}`);
    }
    const created = Object.entries(connection.environment).filter(([name]) => !name.startsWith('AWS_'));
    if (created.length > 0) screen.note('Variables for the handler:');
    for (const [name, value] of created) {
      // The value of --env may be a secret.
      screen.note(
        this.#env[name] === value ? `  ${name}=${value}` : `  ${name}: --env has another value than ${value}`,
      );
    }
    if (isDestinationElsewhere) screen.note(noDestinationHere(connection));
    screen.note(`${table} -> ${handler} from ${startingPosition}, ${connection.description}. Ctrl-C stops.`);
    if (this.#console !== undefined) screen.note(`The live console: ${this.#console.url}`);
    const { streamArn } = mapping;
    this.#tell({
      event: 'started',
      table,
      handler,
      importedAs: importOf(handler),
      startingPosition,
      tumblingWindowInSeconds,
      streamArn,
      keyTypes,
      retries,
    });
    this.#console?.follow(mapping);
    if (json) {
      for (const name of EVENT_NAMES) {
        mapping.on(name, (event) =>
          this.#json(
            name,
            name === 'invocation' ? this.#withoutResponse(event) : event,
            name === 'invocation' ? this.failures.of(event as InvocationEvent) : undefined,
          ),
        );
      }
      return;
    }
    this.#watch(mapping);
  }

  /** Topics, queues or buckets of embedded servers have got messages. Group ids and bodies may be parts of items. */
  accepted(messages: readonly AcceptedMessage[]): void {
    const { json, showMessages } = this.#options;
    if (!json) this.#messages.add(messages);
    for (const { service, name, id, ...content } of messages) {
      this.#tell({ event: 'message', service, name, messageId: id }, showMessages && content);
    }
  }

  /** Ctrl-C. */
  stopping(): void {
    this.#screen.note('Stopping after running invocations. Press Ctrl-C again to stop now.');
  }

  /** The loaded code names variables that are not set. */
  unset(names: readonly string[]): void {
    for (const name of names) {
      if (this.#unset.has(name)) continue;
      this.#screen.note(
        `warning: The code uses env('${name}'), but this variable is not set. ${hintFor(name, true)}`,
      );
    }
    this.#unset = new Set(names);
  }

  /** Changed code is in use. */
  reloaded(): void {
    this.#seen.clear();
    this.#tell({ event: 'reloaded' });
    if (!this.#options.json) this.#line(`${this.#style('cyan', '↻')} reloaded ${this.#options.handler}`);
  }

  /** Changed code cannot be used. */
  notLoaded(error: unknown): void {
    const { message } = error as Error;
    this.#tell({ event: 'notLoaded', message });
    if (!this.#options.json)
      this.#line(`${this.#style('red', '↻')} not reloaded: ${message} The previous code keeps running.`);
  }

  /** Changed code is in use, in fewer threads than there should be. */
  fewerThreads(running: number, workers: number, error: unknown): void {
    this.#screen.note(
      `warning: ${running} of ${workers} threads run, because loading the handler failed in another one: ${(error as Error).message} ` +
        'The next reload starts all of them.',
    );
  }

  /** No code can be loaded at all. */
  waiting(): void {
    this.#tell({ event: 'waiting' });
    if (!this.#options.json)
      this.#line(`${this.#style('yellow', '…')} records wait until the handler can be loaded`);
  }

  /** Someone used the live console. */
  commanded(happening: Extract<CommandHappening, { event: keyof typeof COMMANDS }>): void {
    this.#tell(happening);
    if (!this.#options.json) this.#line(`${this.#style('yellow', '‖')} ${COMMANDS[happening.event]}`);
  }

  #watch(mapping: LocalEventSourceMapping): void {
    const { table, handler } = this.#options;
    const status = (): void =>
      this.#screen.status(formatStatus(table, mapping.statistics, this.#checkpoint, this.#deadLettered));
    const flush = followInvocations(mapping, (invocation, consequence) => {
      this.#invocation(invocation, consequence);
      status();
    });
    mapping.on('checkpoint', ({ position }) => {
      this.#checkpoint = position;
      status();
    });
    mapping.on('filtered', ({ records }) => {
      this.#line(this.#style('dim', `- ${count(records.length, 'record')} matched no filter`));
      status();
    });
    mapping.on('trimmed', () => {
      this.#line(`${this.#style('red', '!')} records left the stream before they could be read`);
    });
    mapping.on('recursiveLoop', ({ records: [record], times }) => {
      this.#line(
        `${this.#style('red', '!')} ${recursiveLoopWarning(handler, table, times)} ${this.#style('dim', `(${keysText(this.#mask.keys(record?.dynamodb?.Keys), this.#keyNames) ?? record?.eventID})`)}`,
      );
    });
    mapping.on('problem', ({ operation, error }) => {
      this.#screen.note(`warning: ${operation} failed, and will be tried again: ${String(error)}`);
    });
    mapping.on('stopped', () => {
      flush();
      this.#messages.flush();
    });
    status();
  }

  #invocation(invocation: InvocationEvent | undefined, consequence: Consequence | undefined): void {
    this.#messages.flush();
    const failures = invocation === undefined ? [] : this.failures.of(invocation);
    this.#deadLettered += failures.filter(({ deadLettered }) => deadLettered).length;
    const seen = this.#timesSeen(failures);
    // These records are not tried again, so the reason is shown once more.
    const times = consequence?.type === 'discard' ? 1 : seen;
    this.#line(formatInvocation(invocation, consequence, this.#style, failures, times));
    if (times > 1) return;
    const shown = failures.map((failure) => ({ ...failure, keys: this.#mask.keys(failure.keys) }));
    for (const line of formatFailures(shown, this.#style, this.#verbose, this.#keyNames))
      this.#screen.line(line);
  }

  /** Counts failures of the same records in the same way, as retries bring them. */
  #timesSeen(failures: readonly Failure[]): number {
    if (failures.length === 0) return 1;
    const signature = failures.map((failure) => `${failure.eventID} ${signatureOf(failure)}`).join('\n');
    const times = (this.#seen.get(signature) ?? 0) + 1;
    // The oldest first: a run may last for days.
    if (this.#seen.size >= MAX_SEEN) this.#seen.delete(this.#seen.keys().next().value as string);
    this.#seen.set(signature, times);
    return times;
  }

  #withoutResponse(event: object): object {
    return this.#mask.hidesMadeValues ? { ...event, response: undefined } : event;
  }

  #line(text: string): void {
    this.#screen.line(withTime(text, this.#style));
  }

  /** @param content what only a line of JSON shows, and only if it is asked for */
  #tell(happening: CommandHappening, content?: object): void {
    this.#console?.tell(happening);
    const { event, ...fields } = happening;
    if (this.#options.json) this.#json(event, { ...fields, ...content });
  }

  #json(event: string, fields: object, failures?: readonly Failure[]): void {
    const stamp = { time: new Date().toISOString(), id: ++this.#lastId };
    this.#screen.line(JSON.stringify(jsonOf(event, fields, stamp, failures)));
  }
}

function noDestinationHere({ kind }: Pick<Connection, 'kind'>): string {
  const flags =
    kind === 'aws' ? '--destination-config <arn>' : '--create-queue failed --destination-config failed';
  return (
    'The on-failure destination of the mapping is a reference of its template, which has no value here. Details of discarded records are not sent. ' +
    `To keep them, add: ${flags}`
  );
}
