import { isDeepStrictEqual } from 'node:util';
import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type CfnFunction, Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, type NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { eventSourceMapping } from '../mapping/event-source-mapping.ts';
import { MAPPING_OPTION_NAMES } from '../mapping/options.ts';
import type { RouterMapping, RouterMappingOptions } from '../mapping/router-mapping.ts';
import { TEXT } from '../options/check.ts';
import { requireOption, requireOptions } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { COMMONJS_BANNER, type EntryMapping, entryMapping } from './entry-mapping.ts';
import {
  type FailureDestination,
  StreamEventSource,
  type StreamEventSourceProps,
  type StreamSource,
} from './stream-event-source.ts';

// Options that Lambda reads for asynchronous invocations alone. A stream invokes synchronously.
type Asynchronous =
  | 'deadLetterQueue'
  | 'deadLetterQueueEnabled'
  | 'deadLetterTopic'
  | 'maxEventAge'
  | 'onFailure'
  | 'onSuccess'
  | 'retryAttempts';

/** The options of {@link StreamFunction}: those of `NodejsFunction`, of {@link StreamEventSource}, and some of its own. */
export interface StreamFunctionProps
  extends Omit<NodejsFunctionProps, Asynchronous | 'code' | 'entry'>,
    StreamEventSourceProps {
  /** The table, or the ARN of its stream. */
  readonly table: StreamSource;
  /** The file that exports the handler. A relative path starts at the working directory, which is that of `cdk.json`. */
  readonly entry: string;
  /** Where Lambda sends details of discarded records. @defaultValue a queue that keeps them for 14 days */
  readonly onFailure?: FailureDestination;
  /** Options of the alarms; `false`: no alarms. @defaultValue `{}` */
  readonly alarms?: StreamAlarmProps | false;
}

/** The options of the alarms of {@link StreamFunction}. */
export interface StreamAlarmProps {
  /** The `IteratorAge` at which the function counts as late. @defaultValue 15 minutes */
  readonly iteratorAge?: Duration;
  /** The actions of every alarm, such as `new SnsAction(topic)`. @defaultValue `[]` */
  readonly actions?: readonly IAlarmAction[];
}

/** The alarms of {@link StreamFunction}. */
export interface StreamAlarms {
  /** The function is late: `IteratorAge` was over its limit for five minutes. */
  readonly iteratorAge: Alarm;
  /** Records were discarded, and details of them are in the queue; for a topic or a bucket, were delivered there. */
  readonly onFailure: Alarm | undefined;
  /** Records were discarded and no details sent: `DroppedEventCount` is not 0. Undefined if `metricsConfig` leaves `EventCount` out. */
  readonly droppedEvents: Alarm | undefined;
}

const OWNER = 'StreamFunction';
const MINUTE = Duration.minutes(1);
// CDKs that were released before this runtime have no name for it.
const NODEJS_24 = new Runtime('nodejs24.x', RuntimeFamily.NODEJS, { supportsInlineCode: true });
const MAPPING_NAMES: readonly string[] = [...MAPPING_OPTION_NAMES, 'filters'];

/** The remedies for options that have no effect on a stream. */
const INSTEAD: Readonly<Record<Exclude<Asynchronous, 'onFailure'>, string>> = {
  deadLetterQueue: 'Use onFailure. Without it, the function creates a queue.',
  deadLetterQueueEnabled: 'Leave it out: the function has a queue for discarded records.',
  deadLetterTopic: 'Use onFailure.',
  maxEventAge: 'Use maximumRecordAgeInSeconds.',
  onSuccess: 'Leave it out: a stream has no destination for successes.',
  retryAttempts: 'Use maximumRetryAttempts.',
};

/**
 * A function on a DynamoDB stream, with all that it needs: bundled code, the mapping of its router, permissions, a dead-letter
 * queue and alarms.
 *
 * - `router` has to be the export `handler` of `entry`, or the router that this export wraps. The function checks it: it
 *   bundles the module, loads it in a process of its own, and compares the mappings. If that is not possible, it warns.
 * - Every variable that `env()` names in `entry` has to be in `environment`, or added by `addEnvironment`. Otherwise the app
 *   does not synthesize.
 * - Runs on Node.js 24 for at most a minute, as an ES module, unless the options say otherwise. Lambda has the AWS SDK.
 * - Does not permit what handlers do: `topic.grantPublish(onChange)`.
 *
 * @throws ConfigurationError as {@link StreamEventSource} does
 * @example
 * ```ts
 * const onChange = new StreamFunction(this, 'OnChange', {
 *   table,
 *   router: handler,
 *   entry: 'src/handler.ts',
 *   startingPosition: 'TRIM_HORIZON',
 *   environment: { PAYMENTS_TOPIC_ARN: payments.topicArn },
 * });
 * payments.grantPublish(onChange);
 * ```
 */
export class StreamFunction extends NodejsFunction {
  /** The connection to the stream. */
  readonly eventSource: StreamEventSource;
  /** Where Lambda sends details of discarded records, if that is a queue: the one that was made, or `onFailure`. */
  declare readonly deadLetterQueue?: IQueue;
  /** Undefined with `alarms: false`. */
  readonly alarms: StreamAlarms | undefined;

  constructor(scope: Construct, id: string, props: StreamFunctionProps) {
    const { mapping, code } = splitOf(props);
    const { table, router, onFailure, alarms = {} } = props;
    super(scope, id, {
      ...code,
      runtime: code.runtime ?? NODEJS_24,
      timeout: code.timeout ?? Duration.minutes(1),
      bundling: {
        format: OutputFormat.ESM,
        ...((code.bundling?.format ?? OutputFormat.ESM) === OutputFormat.ESM && { banner: COMMONJS_BANNER }),
        ...code.bundling,
      },
    });
    const destination =
      onFailure ??
      new Queue(this, 'DeadLetterQueue', { retentionPeriod: Duration.days(14), enforceSSL: true });
    this.eventSource = new StreamEventSource(table, { ...mapping, router, onFailure: destination });
    this.addEventSource(this.eventSource);
    if ('queueArn' in destination) this.deadLetterQueue = destination;
    this.alarms =
      alarms === false
        ? undefined
        : this.#addAlarms(alarms, mapping.metricsConfig.metrics?.includes('EventCount') === true);
    if (Stack.of(this).bundlingRequired) this.#checkEntry(props, mapping);
  }

  /** The deployed mapping. Pass its `options` to `deliver` or `startEventSourceMapping` to test with it. */
  get mapping(): RouterMapping {
    return this.eventSource.mapping;
  }

  #addAlarms(
    { iteratorAge = Duration.minutes(15), actions = [] }: StreamAlarmProps,
    counts: boolean,
  ): StreamAlarms {
    const add = (
      name: string,
      description: string,
      metric: Metric,
      threshold = 1,
      evaluationPeriods = 1,
    ): Alarm => {
      const alarm = new Alarm(this, `${name}Alarm`, {
        alarmDescription: description,
        metric,
        threshold,
        evaluationPeriods,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // Without a batch, and without a discarded record, there is no data.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(...actions);
      return alarm;
    };
    const late = this.metric('IteratorAge', { statistic: 'Maximum', period: MINUTE });
    const visible = this.deadLetterQueue?.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: MINUTE,
    });
    const delivered = counts ? this.#eventCount('OnFailureDestinationDeliveredEventCount') : undefined;
    const onFailure = visible ?? delivered;
    return {
      iteratorAge: add(
        'IteratorAge',
        `The function is ${iteratorAge.toHumanString()} or more behind the stream, which keeps records for 24 hours.`,
        late,
        iteratorAge.toMilliseconds(),
        5,
      ),
      onFailure:
        onFailure &&
        add('OnFailure', 'Records were discarded. The destination has their details.', onFailure),
      droppedEvents: counts
        ? add(
            'DroppedEvents',
            'Records were discarded, and no details of them were sent.',
            this.#eventCount('DroppedEventCount'),
          )
        : undefined,
    };
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics */
  #eventCount(metricName: string): Metric {
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { EventSourceMappingUUID: this.eventSource.eventSourceMappingId },
      statistic: 'Sum',
      period: MINUTE,
    });
  }

  #checkEntry(props: StreamFunctionProps, mapping: MappingProps): void {
    const { entry, handler = 'handler', router, bundling, environment = {} } = props;
    const found = entryMapping({ entry, mapping, bundling, environment });
    if ('problem' in found) {
      this.#warn(
        'ENTRY_UNCHECKED',
        `Whether ${entry} exports the router could not be checked: ${found.problem}`,
      );
      const missing = this.mapping.environment.filter((name) => !environment[name]);
      if (missing.length > 0) {
        this.#warn(
          'ENVIRONMENT_UNCHECKED',
          `environment has no value for variables that env() names in this app: ${missing.join(', ')}. ` +
            'Add those that this function reads.',
        );
      }
      return;
    }
    const { properties } = eventSourceMapping(router, mapping);
    if (!isExported(found.exports, exportOf(handler), properties, entry)) {
      this.#warn(
        'ENTRY_UNCHECKED',
        `${entry} exports as ${exportOf(handler)} a function without routes, and no router. Export the router as ` +
          'well, so that it can be checked.',
      );
    }
    this.node.addValidation({ validate: () => this.#missingVariables(found.environment) });
  }

  #missingVariables(names: readonly string[]): string[] {
    const { environment } = this.node.defaultChild as CfnFunction;
    const resolved: { readonly variables?: object } | undefined = Stack.of(this).resolve(environment);
    const variables = new Map(Object.entries(resolved?.variables ?? {}));
    const missing = names.filter((name) => !variables.get(name));
    if (missing.length === 0) return [];
    return [
      `${OWNER}: environment has no value for variables that env() names in the function: ${missing.join(', ')}. ` +
        'Set each of them in environment, or with addEnvironment.',
    ];
  }

  #warn(code: string, message: string): void {
    Annotations.of(this).addWarningV2(`streamlane/cdk:${code}`, message);
  }
}

type MappingProps = RouterMappingOptions & Required<Pick<RouterMappingOptions, 'metricsConfig'>>;

/** Separates the options of the mapping from those of the function. */
function splitOf(props: StreamFunctionProps): {
  readonly mapping: MappingProps;
  readonly code: Omit<NodejsFunctionProps, Asynchronous>;
} {
  requireOptions(OWNER, props);
  requireOption(OWNER, 'entry', props.entry, TEXT, {
    remedy: 'Pass the path of the file that exports the handler.',
  });
  for (const [name, remedy] of Object.entries(INSTEAD)) {
    if (name in props) throw invalidOption(OWNER, name, `belongs to asynchronous invocations. ${remedy}`);
  }
  const { table: _table, router: _router, onFailure: _onFailure, alarms: _alarms, ...others } = props;
  const isMapping = ([name]: [string, unknown]): boolean => MAPPING_NAMES.includes(name);
  const entries = Object.entries(others);
  return {
    mapping: {
      metricsConfig: { metrics: ['EventCount'] },
      ...(Object.fromEntries(entries.filter(isMapping)) as unknown as RouterMappingOptions),
    },
    code: Object.fromEntries(entries.filter((entry) => !isMapping(entry))),
  };
}

/** The export of a handler as Lambda has it: `index.handler` is `handler` of a file. */
function exportOf(handler: string): string {
  return handler.slice(handler.lastIndexOf('.') + 1);
}

/**
 * Checks if one of the exports needs the same mapping as the router: the handler, or if that carries no routes, the handler that it wraps.
 *
 * @returns false if no export carries routes, so that nothing is known
 * @throws ConfigurationError `INVALID_OPTION` if they need other mappings
 */
function isExported(
  exports: EntryMapping['exports'],
  name: string,
  properties: Readonly<Record<string, unknown>>,
  entry: string,
): boolean {
  const exported = exports[name];
  if (exported === undefined) {
    const names = Object.keys(exports);
    throw invalidOption(
      OWNER,
      'handler',
      `is ${name}, and ${entry} ${names.length === 0 ? 'exports no function' : `exports ${names.join(', ')}`}. ` +
        'Name the exported handler.',
    );
  }
  const candidates = exported === null ? Object.entries(exports) : [[name, exported] as const];
  const carrying = candidates.filter(([, mapping]) => mapping !== null);
  if (carrying.length === 0) return false;
  if (carrying.some(([, mapping]) => isDeepStrictEqual(mapping, properties))) return true;
  const names = carrying.map(([other]) => other).join(', ');
  const [[, mapping] = [name, null]] = carrying;
  throw invalidOption(
    OWNER,
    'router',
    `is not what ${entry} exports as ${names}: ${differenceOf(mapping, properties)} Pass the router that the entry exports.`,
  );
}

function differenceOf(exported: EntryMapping['exports'][string], properties: object): string {
  if (typeof exported === 'string') return `for that, ${exported}`;
  const names = Object.keys({ ...exported, ...properties }).filter(
    (name) => !isDeepStrictEqual(exported?.[name], (properties as Record<string, unknown>)[name]),
  );
  return `their mappings differ in ${names.join(', ')}.`;
}
