import type { ConfigurationError } from '../../errors.ts';
import { DeliveryControl } from '../../local/delivery/delivery-control.ts';
import { startControlledMapping } from '../../local/start-event-source-mapping.ts';
import { type EventSourceMappingOptions, mappingSettings } from '../../mapping/options.ts';
import type { RunCommand } from '../command.ts';
import { failure, usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { type ConsoleFlags, consolePortOf } from '../flags/console-flags.ts';
import { createdDestination } from '../flags/created-destination.ts';
import { type EnvironmentFlags, loadVariables } from '../flags/environment-flags.ts';
import { exportedMapping, isDestinationElsewhere } from '../flags/exported-mapping.ts';
import { flagProblem } from '../flags/flag-of.ts';
import { type MappingFlags, readMappingFlags } from '../flags/mapping-flags.ts';
import { type ResourceFlags, resourcesOf } from '../flags/resource-flags.ts';
import { parseKeys } from '../flags/table-keys.ts';
import { requireModulePath } from '../load-handler.ts';
import { streamsClient } from '../servers/clients.ts';
import { connect } from '../servers/connect.ts';
import { openBrowser } from '../servers/open-browser.ts';
import { openConsole } from '../servers/open-console.ts';
import { STREAMS } from '../servers/packages.ts';
import { interrupted } from '../terminal/io.ts';
import { tellWarning } from '../terminal/output.ts';
import { warningLogger } from '../terminal/warning-logger.ts';
import { DevReport } from './dev-report.ts';
import { ensureTable } from './ensure-table.ts';
import { HandlerCode } from './handler-code.ts';
import { HandlerPool, type HandlerPoolOptions, type InvokedPool } from './handler-pool.ts';
import { invokeBeside } from './invoke-beside.ts';
import { managedInstanceOf } from './managed-instance.ts';
import { ManagedPool } from './managed-pool.ts';
import { mappingActions } from './mapping-actions.ts';
import { openEditor } from './open-editor.ts';
import { outputMaskOf } from './output-mask.ts';
import { RestartableMapping } from './restartable-mapping.ts';
import { retrySettingsOf } from './retry-settings.ts';
import { openScreen } from './screen.ts';
import { SourceWatcher } from './source-watcher.ts';
import type { TraceReport } from './traces/trace-report.ts';
import { watchTables } from './watch-tables.ts';

export interface DevFlags
  extends ConnectionFlags,
    MappingFlags,
    EnvironmentFlags,
    ResourceFlags,
    ConsoleFlags {
  readonly table: string;
  readonly create?: string;
  readonly functionName?: string;
  readonly timeout?: string;
  readonly maxConcurrency?: string;
  readonly workers?: string;
  readonly checkpointFile?: string;
  readonly mapping?: string;
  readonly json?: true;
  readonly showMessages?: true;
  readonly traces?: true;
}

/** Runs a handler behind the stream of a table until Ctrl-C, and loads it again when its code changes. */
export const runDev: RunCommand<DevFlags> = async (context, [handler = ''], options) => {
  const { io } = context;
  requireModulePath(handler);
  const resources = resourcesOf(options);
  const variables = await loadVariables(context, options);
  const deployed =
    options.mapping === undefined ? undefined : await exportedMapping(handler, options.mapping);
  const destination = createdDestination(resources, options.destinationConfig);
  let mappingOptions = mappingOptionsOf(
    { ...options, ...(destination && { destinationConfig: destination.placeholder }) },
    deployed?.options,
  );
  const keys = options.create === undefined ? undefined : parseKeys(options.create);
  const timeoutSeconds = timeoutOf(options.timeout);
  const managed = managedInstanceOf(options);
  const mask = outputMaskOf(options.mask);
  const consolePort = consolePortOf(options, io.stdout.isTTY === true && !options.json);
  let report: DevReport | undefined;
  let traces: TraceReport | undefined;
  await using connection = await connect(context, options, {
    start: 'shared',
    writes: keys !== undefined || resources.length > 0,
    resources,
    needs: STREAMS,
    unnamed: variables.unnamed,
    onAccepted(messages) {
      traces?.accepted(messages);
      report?.accepted(messages);
    },
  });
  if (options.showMessages && connection.kind !== 'embedded') {
    tellWarning(
      context,
      `--show-messages works only with servers that dev starts itself, but this one uses ${connection.description}. If streamlane emulators runs them, use the flag there.`,
    );
  }
  if (destination !== undefined) {
    const onFailure = { destination: destination.arnIn(connection.environment) };
    mappingOptions = { ...mappingOptions, destinationConfig: { onFailure } };
  }
  // Whatever makes its clients of the environment, here or in a sandbox, finds the same services.
  variables.add(connection.environment);
  variables.add(managed?.environment);
  const { streamArn, ...table } = await ensureTable(
    options.table,
    keys,
    connection.dynamodb,
    warningLogger(context),
  );
  const screen = await openScreen(context, options.json === true);
  const devReport = new DevReport(context, screen, { ...options, handler }, mask);
  report = devReport;
  traces = options.traces && devReport.traces(table.keyNames);
  await using live =
    consolePort === undefined
      ? undefined
      : await openConsole({
          port: consolePort,
          mask: options.mask,
          keyNames: table.keyNames,
          failuresOf: (invocation) => devReport.failures.of(invocation),
          openFile: (place) => openEditor(place, io.env),
        });
  devReport.showIn(live);

  let running: RestartableMapping | undefined;
  const watcher = new SourceWatcher(() => void pool.reload());
  let areVariablesOld = false;
  const variableWatcher = new SourceWatcher(() => {
    areVariablesOld = true;
    void pool.reload();
  });
  variableWatcher.add(variables.files);
  const code = new HandlerCode({
    handler,
    env: io.env,
    onOutput: (output) => screen.pipe(output),
    onFiles: (files) => {
      watcher.add(files);
      live?.addFiles(files);
    },
    onUnset: (names) => devReport.unset(names),
    onSpans: traces && ((spans, event) => traces.add(spans, event)),
    onEntities: live === undefined ? undefined : (entities) => live.addEntities(entities),
    onTaken: live === undefined ? undefined : (taken) => live.addTaken(taken),
    onRoutes: live === undefined ? undefined : (routes) => live.tell({ event: 'routes', ...routes }),
  });
  const poolOptions: HandlerPoolOptions = {
    start: () => code.start(),
    async startChanged() {
      if (areVariablesOld) await variables.reload();
      areVariablesOld = false;
      return code.startChanged();
    },
    onFailures: (failures) => devReport.failures.add(failures),
    onReloaded: () => {
      devReport.reloaded();
      void running?.again();
    },
    onNotLoaded: (error) => devReport.notLoaded(error),
    onStuck: () => {
      devReport.waiting();
      void running?.mapping.pause();
    },
  };
  const pool: InvokedPool =
    managed === undefined
      ? new HandlerPool(poolOptions)
      : new ManagedPool({
          ...poolOptions,
          ...managed,
          onFewerThreads: (running, workers, error) => devReport.fewerThreads(running, workers, error),
        });
  await using _cleanup = {
    async [Symbol.asyncDispose]() {
      screen.done();
      await watcher.close();
      await variableWatcher.close();
      await pool.close();
      code.close();
    },
  };
  // A module may wait for what never comes, such as a database that does not answer.
  const isLoaded = await Promise.race([pool.open().then(() => true), interrupted(io.signal)]);
  if (isLoaded !== true) return EXIT.interrupted;

  const control = new DeliveryControl();
  await using mapping = await startControlledMapping(
    {
      ...mappingOptions,
      client: await streamsClient(connection.streams),
      streamArn,
      handler: pool.invoke,
      ...(options.functionName !== undefined && { functionName: options.functionName }),
      ...(options.checkpointFile !== undefined && { checkpointFile: options.checkpointFile }),
      timeoutSeconds,
      logger: false,
    },
    control,
  );
  running = new RestartableMapping(mapping);
  // The stream of the table itself has the changes that the handler gets.
  const written = resources.filter(({ kind, name }) => kind === 'table' && name !== options.table);
  await using _watched = await watchTables(
    connection.kind === 'embedded' ? written.map(({ name }) => name) : [],
    connection,
    (changes) => devReport.accepted(changes),
  );
  devReport.started(mapping, {
    connection,
    ...table,
    startingPosition: mappingOptions.startingPosition,
    tumblingWindowInSeconds: mappingOptions.tumblingWindowInSeconds,
    isDestinationElsewhere:
      deployed !== undefined && options.destinationConfig === undefined && isDestinationElsewhere(deployed),
    retries: retrySettingsOf(mappingOptions),
  });
  live?.offer(mappingActions(control, (happening) => devReport.commanded(happening)));

  const functionName = options.functionName ?? 'local';
  live?.offerReruns({
    invoke: invokeBeside((event, context) => pool.answer(event, context), {
      functionName,
      functionArn: `arn:aws:lambda:${streamArn.split(':').slice(3, 5).join(':')}:function:${functionName}`,
      timeoutMs: timeoutSeconds * 1000,
      memoryLimitInMB: 128,
    }),
    streamArn,
    hasWindows: Boolean(mappingOptions.tumblingWindowInSeconds),
  });
  if (live !== undefined && options.open) {
    openBrowser(live.url, io.env, () => tellWarning(context, `No browser could be opened. Open ${live.url}`));
  }

  const stopped = await Promise.race([interrupted(io.signal), mapping.ended]);
  if (stopped === undefined) {
    devReport.stopping();
    await mapping.stop();
    return EXIT.ok;
  }
  if (stopped.reason === 'streamDisabled') return EXIT.ok;
  if (stopped.reason === 'streamDeleted') {
    throw failure(`The stream of ${options.table} is gone: it was disabled, or its table was deleted.`);
  }
  throw stopped.error;
};

/**
 * Reads and checks the options of the mapping, before anything is started for them.
 *
 * @param deployed those that the module exports; flags change them
 */
function mappingOptionsOf(
  flags: DevFlags,
  deployed: EventSourceMappingOptions | undefined,
): EventSourceMappingOptions {
  const options = readMappingFlags(flags, deployed);
  try {
    mappingSettings(options, 'dev');
  } catch (cause) {
    throw usageError(flagProblem(cause as ConfigurationError), cause);
  }
  return options;
}

function timeoutOf(text: string | undefined): number {
  const seconds = Number(text ?? 3);
  if (seconds > 0 && seconds <= 5400) return seconds;
  throw usageError(`--timeout has to be a number of seconds, above 0 and at most 5400, got ${text}.`);
}
