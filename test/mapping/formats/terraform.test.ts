import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toTerraform } from '../../../src/mapping/index.ts';
import { EVERY, mappingOf, mappingOptions, QUEUE, STREAM, said } from './mappings.ts';

const OPTIONS = { functionName: 'on-change', streamArn: STREAM };

/** Reads a configuration back as Terraform does: text is a template. */
function read(configuration: object): unknown {
  const { resource } = JSON.parse(JSON.stringify(configuration));
  const {
    function_name: _function,
    event_source_arn: _stream,
    filter_criteria,
    destination_config,
    metrics_config,
    tags,
    ...values
  } = resource.aws_lambda_event_source_mapping.stream;
  return {
    ...Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
    ),
    ...(filter_criteria && {
      filterCriteria: {
        filters: filter_criteria.filter.map(({ pattern }: { pattern: string }) => ({
          pattern: text(pattern),
        })),
      },
    }),
    ...(destination_config && {
      destinationConfig: { onFailure: { destination: destination_config.on_failure.destination_arn } },
    }),
    ...(metrics_config && { metricsConfig: { metrics: metrics_config.metrics } }),
    ...(tags && {
      tags: Object.fromEntries(
        Object.entries(tags as Record<string, string>).map(([key, value]) => [text(key), text(value)]),
      ),
    }),
  };
}

/** The text that a template without references stands for. */
function text(template: string): string {
  const parts = template.split(/(?:\$\$|%%)\{/);
  expect(parts.filter((part) => /[$%]\{/.test(part))).toEqual([]);
  return template.replace(/\$\$\{/g, '${').replace(/%%\{/g, '%{');
}

test('a resource has every option of the mapping by its name in the AWS provider', () => {
  expect(toTerraform(mappingOf(EVERY), { ...OPTIONS, name: 'on_change' })).toEqual({
    resource: {
      aws_lambda_event_source_mapping: {
        on_change: {
          function_name: 'on-change',
          event_source_arn: STREAM,
          starting_position: 'TRIM_HORIZON',
          batch_size: 1000,
          maximum_batching_window_in_seconds: 5,
          parallelization_factor: 2,
          maximum_retry_attempts: 3,
          maximum_record_age_in_seconds: 3600,
          bisect_batch_on_function_error: false,
          function_response_types: ['ReportBatchItemFailures'],
          destination_config: { on_failure: { destination_arn: QUEUE } },
          filter_criteria: {
            filter: [{ pattern: '{"eventName":["INSERT"]}' }, { pattern: '{"eventName":["REMOVE"]}' }],
          },
          enabled: false,
          kms_key_arn: EVERY.kmsKeyArn,
          tags: { team: 'billing', Stage: 'prod' },
          metrics_config: { metrics: ['EventCount'] },
        },
      },
    },
  });
});

test('references stay as they are, and other text is not a template', () => {
  const mapping = mappingOf({
    startingPosition: 'LATEST',
    destinationConfig: { onFailure: { destination: '${aws_sqs_queue.failures.arn}' } },
    filterCriteria: {
      filters: [{ pattern: { dynamodb: { Keys: { pk: { S: ['${a}', '%{b}', '$', '$${c}'] } } } } }],
    },
  });
  const { aws_lambda_event_source_mapping } = toTerraform(mapping, {
    functionName: '${aws_lambda_function.on_change.arn}',
    streamArn: '${aws_dynamodb_table.app.stream_arn}',
  }).resource;

  expect(aws_lambda_event_source_mapping.stream).toMatchObject({
    function_name: '${aws_lambda_function.on_change.arn}',
    event_source_arn: '${aws_dynamodb_table.app.stream_arn}',
    destination_config: { on_failure: { destination_arn: '${aws_sqs_queue.failures.arn}' } },
    filter_criteria: {
      filter: [{ pattern: '{"dynamodb":{"Keys":{"pk":{"S":["$${a}","%%{b}","$","$$${c}"]}}}}' }],
    },
  });
});

test('a configuration that is read back equals the mapping', () => {
  fc.assert(
    fc.property(mappingOptions, fc.boolean(), (options, partialResponses) => {
      const mapping = mappingOf(options, partialResponses);
      const { metricsConfig } = mapping.options;

      expect(read(toTerraform(mapping, OPTIONS))).toEqual({
        ...said(mapping.options),
        ...(metricsConfig && { metricsConfig: { metrics: [], ...metricsConfig } }),
      });
    }),
  );
});

const REFERENCE = { Ref: 'OnChange' };

test.each([
  [{ ...OPTIONS, functionName: REFERENCE }, undefined, 'functionName has to be text for Terraform'],
  [{ ...OPTIONS, streamArn: REFERENCE }, undefined, 'streamArn has to be text for Terraform'],
  [OPTIONS, REFERENCE, 'destinationConfig.onFailure.destination has to be text for Terraform'],
  [{ ...OPTIONS, name: '1st' }, undefined, 'name has to be letters, digits, _ and -'],
  [
    { ...OPTIONS, streamArn: 'aws_dynamodb_table.app.stream_arn' },
    undefined,
    'streamArn has to be the ARN of a stream',
  ],
  [{ ...OPTIONS, logicalId: 'A' }, undefined, 'logicalId is not an option'],
])('it refuses %o with the destination %o', (options, destination, message) => {
  const mapping = mappingOf({
    startingPosition: 'LATEST',
    ...(destination && { destinationConfig: { onFailure: { destination } } }),
  });

  expect(() => toTerraform(mapping, options as never)).toThrow(`toTerraform: ${message}`);
});
