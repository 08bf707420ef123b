import type { LocalEventSourceMapping } from '../local/event-source-mapping.ts';
import type { InvocationEvent } from '../local/mapping-events.ts';
import { openInEditor } from './open-in-editor.ts';
import type { CommandHappening, FailureText, RoutesHappening } from './protocol/events.ts';
import { maskOf } from './protocol/mask.ts';
import { type EntityRecords, RecordGroups, type RouteRecords, type TakingRoutes } from './record-groups.ts';
import { Recorder } from './recorder.ts';
import { type RerunOptions, rerunActions } from './rerun/rerun-actions.ts';
import type { InvokeBeside } from './rerun/rerunner.ts';
import type { Action, Actions } from './server/actions.ts';
import { ConsoleServer } from './server/console-server.ts';
import { type SourcePlace, SourceReader } from './source-lines.ts';

export interface LiveConsoleOptions {
  /** 0: a free one. */
  readonly port: number;
  /** The attributes whose values are hidden: `--mask`. */
  readonly mask: string | undefined;
  /** Key attributes of the table, partition key first. */
  readonly keyNames: readonly string[];
  /** Says why the records of an invocation failed. */
  readonly failuresOf: (invocation: InvocationEvent) => readonly FailureText[];
  /** Opens a file of the handler's code in an editor. @throws RequestRefusedError */
  readonly openFile?: (place: SourcePlace) => Promise<void>;
}

/** The live console of one mapping: a page that shows what it does. */
export interface LiveConsole extends AsyncDisposable {
  /** Contains a secret: who has it sees the items of the table. */
  readonly url: string;
  /** Shows each event of the mapping from now on. */
  follow(mapping: Pick<LocalEventSourceMapping, 'on'>): void;
  /** Shows lines of these files around an error. */
  addFiles(files: readonly string[]): void;
  /** Shows the entities of these records when their invocation has ended. */
  addEntities(entities: readonly EntityRecords[]): void;
  /** Shows which routes take these records when their invocation has ended. */
  addTaken(taken: readonly RouteRecords[]): void;
  /** Shows an event of the command. */
  tell(happening: CommandHappening | RoutesHappening): void;
  /** Lets the page ask for these actions from now on. Before the first call, it is told that the mapping has not started. */
  offer(actions: Actions): void;
  /** Lets the page invoke the function beside the mapping. */
  offerReruns(options: Pick<RerunOptions, 'invoke' | 'streamArn' | 'hasWindows'>): void;
}

/**
 * Starts the console on 127.0.0.1.
 *
 * @throws ConfigurationError `INVALID_OPTION`; the error of `listen`, such as EADDRINUSE
 */
export async function startConsole(options: LiveConsoleOptions): Promise<LiveConsole> {
  const { port, mask, keyNames, failuresOf, openFile } = options;
  const sources = new SourceReader();
  const entities = new RecordGroups<string>();
  const taking = new RecordGroups<TakingRoutes>();
  const withSources = (failures: readonly FailureText[]): readonly FailureText[] =>
    failures.map(({ eventID, eventName, deadLettered, message, at, stack }) => {
      const source = sources.linesAt(at);
      return { eventID, eventName, deadLettered, message, at, stack, ...(source && { source }) };
    });
  const hidden = maskOf(mask);
  const recorder = new Recorder({
    mask: hidden,
    hidesResponses: mask !== undefined,
    failuresOf: (invocation) => withSources(failuresOf(invocation)),
    entitiesOf: ({ records }) => entities.take(records),
    routesOf: ({ records }) => taking.take(records),
    onReloaded: () => sources.forget(),
  });
  const offered: Record<string, Action> = {};
  const own: Actions = openFile === undefined ? {} : { openInEditor: openInEditor(sources, openFile) };
  const server = await ConsoleServer.start({ recorder, port, keyNames, actions: offered });
  return {
    url: server.url,
    follow: (mapping) => recorder.follow(mapping),
    addFiles: (files) => sources.add(files),
    addEntities(found) {
      for (const { entity, sequenceNumbers } of found) entities.add(entity, sequenceNumbers);
    },
    addTaken(found) {
      for (const { routes, sequenceNumbers } of found) taking.add(routes, sequenceNumbers);
    },
    tell: (happening) => recorder.tell(happening),
    offer: (actions) => void Object.assign(offered, own, actions),
    offerReruns({ invoke, ...stream }) {
      const invokeAndExplain: InvokeBeside = async (records, requestId) => {
        const end = await invoke(records, requestId);
        return { ...end, failures: withSources(end.failures) };
      };
      const actions = rerunActions({ ...stream, recorder, keyNames, mask: hidden, invoke: invokeAndExplain });
      Object.assign(offered, actions);
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
