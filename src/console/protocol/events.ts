import type { DynamoDBRecord } from 'aws-lambda';
import type { MappingEvents } from '../../local/mapping-events.ts';
import type { HandlerRoutes } from './routes.ts';

/** An error, without its stack. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
}

/** A record by its name, without its item. */
export interface NamedRecord {
  readonly eventID: string | undefined;
  readonly eventName: string | undefined;
  readonly sequenceNumber: string | undefined;
}

/** The type of a key attribute: text, number or binary. */
export type KeyType = 'S' | 'N' | 'B';

/** Attributes of an item, as DynamoDB's JSON has them. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A record with its item. */
export interface ShownRecord extends NamedRecord {
  /** The place of the record among all that were read: from 1 on. */
  readonly number: number;
  readonly keys: Attributes | undefined;
  readonly oldImage: Attributes | undefined;
  readonly newImage: Attributes | undefined;
  /** Epoch seconds at which the change was made. */
  readonly createdAt: number | undefined;
  /** True if DynamoDB deleted the item because its time to live was over. */
  readonly isExpired: boolean;
}

/** Records by their numbers: `[first, last]` for each run of consecutive numbers. */
export type NumberRanges = readonly (readonly [first: number, last: number])[];

/** Lines of the file in which an error was thrown. */
export interface SourceLines {
  /** The number of the first of these lines. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** Why a record failed, or an invocation as a whole. */
export interface FailureText {
  /** Undefined when it is not known which record it was. */
  readonly eventID: string | undefined;
  readonly eventName: string | undefined;
  /** True if a sink accepted the record's dead letter. The record then counts as handled. */
  readonly deadLettered: boolean;
  readonly message: string;
  /** `src/handler.ts:12`, relative to the working directory. */
  readonly at: string | undefined;
  readonly stack: string;
  /** Only in the console. */
  readonly source?: SourceLines;
}

/** The records of an invocation that are of one entity. */
export interface EntityRanges {
  readonly name: string;
  readonly records: NumberRanges;
}

/** The records of an invocation that the same routes take. */
export interface RouteRanges {
  /** That of {@link HandlerRoutes}. */
  readonly routesId: string;
  /** The places of the routes in the router. */
  readonly taken: readonly number[];
  /** Routes that may take them: code of the user decides. */
  readonly undecided: readonly number[];
  readonly records: NumberRanges;
}

/** How records appear in an event. */
export interface RecordForms {
  /** Where they appear for the first time. */
  readonly read: unknown;
  /** Everywhere else. */
  readonly named: unknown;
}

/** The lines of `dev --json` show nothing of an item. */
export interface NamedForms extends RecordForms {
  readonly read: readonly NamedRecord[];
  readonly named: readonly NamedRecord[];
}

/** The console gets each record once, and its number later. */
export interface ConsoleForms extends RecordForms {
  readonly read: readonly ShownRecord[];
  readonly named: NumberRanges;
}

type Shown<Fields, Records> = {
  readonly [Name in keyof Fields]: Name extends 'error'
    ? ErrorText | undefined
    : Fields[Name] extends readonly DynamoDBRecord[]
      ? Records
      : Fields[Name];
};

/** An event of the mapping, with its fields as JSON can carry them. */
export type MappingHappening<Forms extends RecordForms> = {
  readonly [Name in keyof MappingEvents]: { readonly event: Name } & Shown<
    MappingEvents[Name][0],
    Name extends 'read' ? Forms['read'] : Forms['named']
  > &
    (Name extends 'invocation'
      ? {
          readonly failures?: readonly FailureText[];
          /** Only in the console, and only if the router has a table with entities. */
          readonly entities?: readonly EntityRanges[];
          /** Only in the console, and only if the routes are known. */
          readonly routes?: readonly RouteRanges[];
        }
      : unknown);
}[keyof MappingEvents];

/** How a file in the working directory imports a handler. */
export interface HandlerImport {
  /** `./src/handler.ts` */
  readonly module: string;
  /** The export of that module. */
  readonly name: string;
}

/** The settings of a mapping that say how long a failed batch is retried, and what follows. */
export interface RetrySettings {
  /** Retries after the first invocation; -1: without a limit. */
  readonly maximumRetryAttempts: number;
  /** Older records are discarded; -1: only those that are older than the stream keeps them. */
  readonly maximumRecordAgeInSeconds: number;
  /** The ARN of the queue, topic or bucket that gets the details of discarded records; null: there is none. */
  readonly onFailureDestination: string | null;
}

/** An event of the command around the mapping. */
export type CommandHappening =
  | {
      readonly event: 'started';
      readonly table: string;
      /** Undefined for `streamlane console`, which only reads the stream. */
      readonly handler?: string;
      /** How a file in the working directory imports the handler. */
      readonly importedAs?: HandlerImport;
      readonly startingPosition: string;
      /** Undefined without tumbling windows. */
      readonly tumblingWindowInSeconds?: number | undefined;
      readonly streamArn: string;
      /** Of the key attributes, partition key first. */
      readonly keyTypes?: readonly KeyType[];
      /** Undefined for `streamlane console`. */
      readonly retries?: RetrySettings;
    }
  /** Someone paused the mapping in the console: no invocation begins by itself. */
  | { readonly event: 'paused' }
  /** Someone ended the pause. */
  | { readonly event: 'resumed' }
  /** Someone skipped a failed batch. Its `discard` follows. */
  | { readonly event: 'skipped'; readonly requestId: string }
  /** Changed code is in use. */
  | { readonly event: 'reloaded' }
  /** Changed code cannot be used: the code before it stays. */
  | { readonly event: 'notLoaded'; readonly message: string }
  /** No code can be loaded: records wait. */
  | { readonly event: 'waiting' }
  /** A topic, queue or bucket of the embedded servers got a message. */
  | {
      readonly event: 'message';
      readonly service: string;
      readonly name: string;
      readonly messageId: string;
    };

/** The routes of the handler, when its code is loaded and loaded again. Only in the console. */
export type RoutesHappening = { readonly event: 'routes' } & HandlerRoutes;

/** Why there is an invocation beside the mapping: the same records again, an edited one, or one that a person wrote. */
export type RerunKind = 'again' | 'edited' | 'written';

/** An invocation beside the mapping, which does not move the checkpoint. */
export type RerunHappening<Forms extends RecordForms> =
  | {
      readonly event: 'rerunStarted';
      readonly requestId: string;
      readonly kind: RerunKind;
      /** The records that are sent: with numbers of their own. */
      readonly records: Forms['read'];
      /** The records that they were made from; none for a record that a person wrote. */
      readonly of: Forms['named'];
    }
  | {
      readonly event: 'rerun';
      readonly requestId: string;
      readonly records: Forms['named'];
      readonly outcome: 'succeeded' | 'partial' | 'failed' | 'throttled';
      /** How many records are processed, from the first on. */
      readonly processed: number;
      readonly durationMs: number;
      /** Undefined when the function threw. */
      readonly response: unknown;
      readonly error: ErrorText | undefined;
      readonly failures?: readonly FailureText[];
    };

/** Something that happened, by `event`. */
export type Happening<Forms extends RecordForms> =
  | MappingHappening<Forms>
  | CommandHappening
  | RoutesHappening
  | RerunHappening<Forms>;

/** When something happened. */
export interface Stamp {
  /** 1 for the first event of a run, then one more for each. */
  readonly id: number;
  /** ISO 8601, in UTC. */
  readonly time: string;
}

/** An event as the console's page gets it. */
export type ConsoleEvent = Stamp & Happening<ConsoleForms>;

/** Events that the page gets at once. */
export interface ConsoleMessage {
  /** Another one after a restart: everything before is of an earlier run. */
  readonly run: string;
  /** How many of the oldest events of the run are no longer kept. */
  readonly dropped: number;
  /** Key attributes of the table, partition key first. */
  readonly keyNames: readonly string[];
  readonly events: readonly ConsoleEvent[];
}
