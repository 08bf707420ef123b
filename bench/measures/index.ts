import type { Measure } from '../run/plan.ts';
import { failuresMeasure } from './failures.ts';
import { footprintMeasure } from './footprint.ts';
import { growthMeasure } from './growth.ts';
import { lambdaMeasure } from './lambda.ts';
import { memoryMeasure } from './memory.ts';
import { middlewareMeasure } from './middleware.ts';
import { pipelineMeasure } from './pipeline.ts';
import { publishingMeasure } from './publishing.ts';
import { routerMeasure } from './router.ts';
import { throttlingMeasure } from './throttling.ts';
import { tracingMeasure } from './tracing.ts';
import { unmarshallMeasure } from './unmarshall.ts';
import { waitingMeasure } from './waiting.ts';

/** The suite, in the order in which it runs. */
export const MEASURES: readonly Measure[] = [
  unmarshallMeasure,
  routerMeasure,
  middlewareMeasure,
  waitingMeasure,
  failuresMeasure,
  memoryMeasure,
  growthMeasure,
  footprintMeasure,
  lambdaMeasure,
  pipelineMeasure,
  publishingMeasure,
  throttlingMeasure,
  tracingMeasure,
];
