import type { MetricAlarm, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { DeployedAlarm, DeployedMetrics } from '../deployed-state.ts';
import type { Part } from '../part.ts';
import { attempt } from './attempt.ts';
import type { Clients } from './clients.ts';

const NAMESPACE = 'AWS/Lambda';

/** Lists the alarms on metrics of a function, also those that compute with one. */
export function readAlarms(clients: Clients, functionName: string): Promise<Part<readonly DeployedAlarm[]>> {
  return attempt('cloudwatch:DescribeAlarms', async () => {
    const { client, module } = await clients.cloudWatch();
    const alarms: MetricAlarm[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new module.DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm'], MaxRecords: 100, NextToken }),
      );
      alarms.push(...(page.MetricAlarms ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
    return alarms.flatMap((alarm) => {
      const { AlarmName = '', AlarmActions = [], ActionsEnabled } = alarm;
      const hasAction = ActionsEnabled !== false && AlarmActions.length > 0;
      return metricsOf(alarm, functionName).map((metric) => ({ name: AlarmName, metric, hasAction }));
    });
  });
}

/** The metrics of the function that an alarm watches. */
function metricsOf(alarm: MetricAlarm, functionName: string): readonly string[] {
  const watched = [alarm, ...(alarm.Metrics ?? []).map(({ MetricStat }) => MetricStat?.Metric ?? {})];
  return watched
    .filter(
      ({ Namespace, Dimensions = [] }) =>
        Namespace === NAMESPACE &&
        Dimensions.some(({ Name, Value }) => Name === 'FunctionName' && Value === functionName),
    )
    .map(({ MetricName }) => `${MetricName}`);
}

const MINUTE = 60_000;

/** Reads the highest values of the metrics of a function. */
export function readMetrics(
  clients: Clients,
  functionName: string,
  now: Date,
): Promise<Part<DeployedMetrics>> {
  return attempt('cloudwatch:GetMetricData', async () => {
    const { client, module } = await clients.cloudWatch();
    const highest = async (metric: string, minutes: number): Promise<number | undefined> => {
      const { MetricDataResults = [] } = await client.send(
        new module.GetMetricDataCommand({
          StartTime: new Date(now.getTime() - minutes * MINUTE),
          EndTime: now,
          MetricDataQueries: [queryOf(metric, functionName, minutes * 60)],
        }),
      );
      const values = MetricDataResults.flatMap(({ Values = [] }) => Values);
      return values.length === 0 ? undefined : Math.max(...values);
    };
    return {
      iteratorAgeMs: await highest('IteratorAge', 15),
      durationMs: await highest('Duration', 24 * 60),
    };
  });
}

function queryOf(MetricName: string, functionName: string, Period: number): MetricDataQuery {
  const Dimensions = [{ Name: 'FunctionName', Value: functionName }];
  return {
    Id: 'highest',
    MetricStat: { Metric: { Namespace: NAMESPACE, MetricName, Dimensions }, Period, Stat: 'Maximum' },
  };
}
