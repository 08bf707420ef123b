import type { Measure } from '../run/plan.ts';
import { routerMeasure } from './router.ts';
import { unmarshallMeasure } from './unmarshall.ts';

/** The suite, in the order in which it runs. */
export const MEASURES: readonly Measure[] = [unmarshallMeasure, routerMeasure];
