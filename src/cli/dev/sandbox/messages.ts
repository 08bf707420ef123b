import type { MessagePort } from 'node:worker_threads';
import type { HandlerRoutes } from '../../../console/protocol/routes.ts';
import type { EntityRecords, RouteRecords } from '../../../console/record-groups.ts';
import { isInstance, partOf } from '../../../failure/content-free-cause.ts';
import { NO_MESSAGE, thrownText } from '../../../failure/thrown-text.ts';
import type { ModuleCode } from '../../../local/source/module-code.ts';
import type { ExitCode } from '../../errors/exit-codes.ts';
import type { CollectedSpans } from './plain-span.ts';

/** An error that crosses to another thread. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** A record that streamlane says has failed, and why. */
export interface PublishedFailure {
  readonly sequenceNumber: string;
  /** True if a sink accepted its dead letter. The record then counts as handled. */
  readonly deadLettered: boolean;
  readonly error: PlainError;
}

/** The data that a sandbox is started with. */
export interface SandboxData {
  /** `module#export`. */
  readonly handler: string;
  readonly code: ModuleCode;
  /** Collects the spans of the handler. */
  readonly traces: boolean;
  /** Sends the entities of records. */
  readonly tellsEntities?: boolean;
  /** Sends the routes of the handler, and those that take its records. */
  readonly tellsRoutes?: boolean;
}

/** The data of the thread of a sandbox. */
export interface WorkerData extends SandboxData {
  /** Its own, because code of the handler may use that of the thread: libraries post messages to it, or close it. */
  readonly port: MessagePort;
}

/** One invocation, for a sandbox. */
export interface InvocationRequest {
  /** Answers carry it: invocations may overlap. */
  readonly id: number;
  readonly event: unknown;
  /** Without its functions, which do not cross. */
  readonly context: {
    readonly functionName: string;
    readonly functionArn: string;
    readonly memoryLimitInMB: number;
    readonly requestId: string;
    readonly remainingMs: number;
  };
}

/** A message of a sandbox. Each lists the files that its code was loaded from so far: none, for a bundle. */
export type SandboxMessage = { readonly files: readonly string[] } & (
  | {
      readonly type: 'loaded';
      /** The variables that `env()` names and that are not set. */
      readonly unset: readonly string[];
      /** Only if they are asked for. */
      readonly routes?: HandlerRoutes;
    }
  | { readonly type: 'notLoaded'; readonly error: PlainError; readonly exitCode: ExitCode }
  /** The entities of the records of an invocation that begins. */
  | { readonly type: 'entities'; readonly entities: readonly EntityRecords[] }
  /** The routes that take the records of an invocation that begins. */
  | { readonly type: 'taken'; readonly taken: readonly RouteRecords[] }
  | {
      readonly type: 'returned';
      readonly id: number;
      readonly response: unknown;
      readonly failures: readonly PublishedFailure[];
      readonly traces: CollectedSpans | undefined;
    }
  | {
      readonly type: 'threw';
      readonly id: number;
      readonly error: PlainError;
      readonly failures: readonly PublishedFailure[];
      readonly traces: CollectedSpans | undefined;
    }
);

/** Whatever was thrown, so that it can cross. */
export function plainError(thrown: unknown): PlainError {
  if (!isInstance(thrown, Error))
    return { name: 'Error', message: `The handler threw ${thrownText(thrown)}.`, stack: '' };
  const textOf = (part: string, missing: string): string => {
    const field = partOf(thrown, part);
    if (field === undefined) return missing;
    return typeof field === 'string' ? field : thrownText(field);
  };
  return {
    name: textOf('name', 'Error'),
    message: textOf('message', NO_MESSAGE),
    stack: textOf('stack', ''),
  };
}

/** A {@link PlainError} as an error again. */
export function errorOf({ name, message, stack }: PlainError): Error {
  const error = new Error(message);
  return Object.assign(error, { name, stack });
}
