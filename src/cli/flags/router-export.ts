import { metadataOf } from '../../batch/handler-metadata.ts';
import { isRouterMapping } from '../../mapping/is-router-mapping.ts';
import type { ExportKind } from '../load-handler.ts';

/** The exports that have routes: those that an error suggests, where a command takes a router or a mapping. */
export const ROUTER_OR_MAPPING: ExportKind = {
  noun: 'router and no mapping',
  fits: (value) => metadataOf(value) !== undefined || isRouterMapping(value),
};
