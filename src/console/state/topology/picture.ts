import type { Route, Shard, Target, Topology } from './topology.ts';
import { targetOf } from './topology-text.ts';

/** A rectangle of the drawing. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line of the drawing, from left to right. */
export interface Edge {
  readonly path: string;
  /** Wider for more records. */
  readonly width: number;
  /** The mapping sends documents about discarded records, not the records. */
  readonly isDashed?: true;
}

export type RouteBox = Box & { readonly route: Route /** From 1 on. */; readonly number: number };

/** The heading above the routes of an entity. */
export interface Heading {
  readonly x: number;
  readonly y: number;
  /** Undefined: the routes for all entities. */
  readonly entity: string | undefined;
}

/** Where everything is drawn. */
export interface TopologyPicture {
  readonly width: number;
  readonly height: number;
  /** One line for each shard and each route, so that more fit. */
  readonly isDense: boolean;
  readonly table: Box;
  readonly shards: readonly (Box & { readonly shard: Shard })[];
  /** Shards that are counted together. Undefined: there are none. */
  readonly closed: Box | undefined;
  readonly handler: Box;
  /** Undefined: the mapping has no on-failure destination. */
  readonly destination: Box | undefined;
  readonly headings: readonly Heading[];
  readonly routes: readonly RouteBox[];
  /** The records that no route takes. Undefined: there are none. */
  readonly unrouted: Box | undefined;
  readonly targets: readonly (Box & { readonly target: Target })[];
  /** The headings of the columns. */
  readonly columns: readonly { readonly x: number; readonly name: string }[];
  readonly edges: readonly Edge[];
}

export const WIDTH: number = 1248;
const TABLE: Column = { x: 1, width: 130 };
const SHARDS: Column = { x: 171, width: 250 };
const HANDLER: Column = { x: 461, width: 190 };
const ROUTES_X = 691;
const TARGETS: Column = { x: 1087, width: 160 };
const GAP = 40;
/** The part of the drawing that is visible in a window of 1280 x 720 pixels. */
const VISIBLE = 600;
const TOP = 26;
const ROOMY = { height: 40, gap: 8 };
const DENSE = { height: 18, gap: 2 };
const HEADING = 24;
const MAX_ROOMY = 12;
const MAX_EDGE = 6;

interface Column {
  readonly x: number;
  readonly width: number;
}

type Part = 'heading' | 'row';

/** Places everything. The table and the handler are in the middle of what is visible. */
export function pictureOf(topology: Topology, destinationArn?: string): TopologyPicture {
  const { shards, closed, routes, unrouted, handler } = topology;
  const destination = destinationArn === undefined ? undefined : targetOf(destinationArn);
  const targets = topology.targets.filter(
    ({ service, name }) => service !== destination?.service || name !== destination.name,
  );
  const hasRoutes = handler?.kind === 'router';
  const grouped = hasRoutes ? groupsOf(routes, handler.entities) : [];
  const shardRows = shards.length + (closed.shards > 0 ? 1 : 0);
  const shardParts: Part[] = Array.from({ length: shardRows }, () => 'row');
  const routeParts: Part[] = [
    ...grouped.flatMap(({ heading, places }): Part[] => [
      ...(heading ? (['heading'] as const) : []),
      ...places.map(() => 'row' as const),
    ]),
    ...(unrouted > 0 ? (['row'] as const) : []),
  ];
  const isDense = Math.max(shardParts.length, routeParts.length) > MAX_ROOMY;
  const row = isDense ? DENSE : ROOMY;
  const contents = Math.max(...[shardParts, routeParts].map((parts) => heightOf(parts, row)));
  const height = TOP + Math.max(VISIBLE, contents);
  const middle = TOP + VISIBLE / 2;
  const top = (parts: readonly Part[]): number => TOP + Math.max(0, (VISIBLE - heightOf(parts, row)) / 2);

  const shardBoxes = stacked(shardParts, SHARDS, top(shardParts), row);
  const routeColumn = {
    x: ROUTES_X,
    width: (targets.length > 0 ? TARGETS.x - GAP : WIDTH - 1) - ROUTES_X,
  };
  const routeBoxes = stacked(routeParts, routeColumn, top(routeParts), row);
  const targetParts: Part[] = targets.map(() => 'row');
  const targetBoxes = stacked(
    targetParts,
    TARGETS,
    TOP + Math.max(0, (VISIBLE - heightOf(targetParts, ROOMY)) / 2),
    ROOMY,
  );

  const headings: Heading[] = [];
  const routeList: RouteBox[] = [];
  let part = 0;
  for (const { entity, heading, places } of grouped) {
    if (heading) {
      const { x, y } = routeBoxes[part++] as Box;
      headings.push({ x, y, entity });
    }
    for (const place of places) {
      routeList.push({ ...(routeBoxes[part++] as Box), route: routes[place] as Route, number: place + 1 });
    }
  }
  const table: Box = { ...TABLE, y: middle - 36, height: 72 };
  const handlerBox: Box = { ...HANDLER, y: middle - 48, height: 96 };
  const drawnShards = shards.map((shard, index) => ({ ...(shardBoxes[index] as Box), shard }));
  const closedBox = shardBoxes[shards.length];
  const unroutedBox = unrouted > 0 ? routeBoxes[part] : undefined;
  const targetList = targets.map((target, index) => ({ ...(targetBoxes[index] as Box), target }));

  const destinationBox = destination && { ...HANDLER, y: handlerBox.y + handlerBox.height + 40, height: 44 };

  const read = Math.max(1, ...shards.map((shard) => shard.read), closed.read);
  const handled = Math.max(1, ...routes.map(handledBy), unrouted);
  const sent = Math.max(1, ...targets.map(({ messages }) => messages));
  const edges: Edge[] = [
    ...drawnShards.flatMap((box) => [
      edge(table, box, box.shard.read / read),
      edge(box, handlerBox, box.shard.read / read),
    ]),
    ...(closedBox === undefined
      ? []
      : [edge(table, closedBox, closed.read / read), edge(closedBox, handlerBox, closed.read / read)]),
    ...routeList.map((box) => edge(handlerBox, box, handledBy(box.route) / handled)),
    ...(unroutedBox === undefined ? [] : [edge(handlerBox, unroutedBox, unrouted / handled)]),
    ...(destinationBox === undefined ? [] : [downTo(destinationBox, handlerBox)]),
    ...targetEdges(routeBoxes, handlerBox, targetList, sent),
  ];
  return {
    width: WIDTH,
    height,
    isDense,
    table,
    shards: drawnShards,
    closed: closedBox,
    handler: handlerBox,
    destination: destinationBox,
    headings,
    routes: routeList,
    unrouted: unroutedBox,
    targets: targetList,
    columns: [
      { x: TABLE.x, name: 'Table' },
      { x: SHARDS.x, name: 'Shards' },
      { x: HANDLER.x, name: 'Handler' },
      ...(hasRoutes ? [{ x: ROUTES_X, name: 'Routes' }] : []),
      ...(targets.length > 0 ? [{ x: TARGETS.x, name: 'Got messages' }] : []),
    ],
    edges,
  };
}

interface Group {
  readonly entity: string | undefined;
  /** False for a table without entities. */
  readonly heading: boolean;
  /** The places of the routes in the router. */
  readonly places: readonly number[];
}

/** The routes by entity, in the order of the table. Those for all entities come first. */
function groupsOf(routes: readonly Route[], entities: readonly string[]): readonly Group[] {
  const heading = entities.length > 0;
  return [undefined, ...entities].flatMap((entity) => {
    const places = routes.flatMap((route, place) => (route.entity === entity ? [place] : []));
    return places.length === 0 ? [] : [{ entity, heading, places }];
  });
}

type Row = typeof ROOMY;

function stacked(parts: readonly Part[], { x, width }: Column, top: number, row: Row): readonly Box[] {
  let y = top;
  return parts.map((part) => {
    const height = part === 'heading' ? HEADING : row.height;
    const box = { x, y, width, height };
    y += height + (part === 'heading' ? 0 : row.gap);
    return box;
  });
}

function heightOf(parts: readonly Part[], row: Row): number {
  return parts.reduce((sum, part) => sum + (part === 'heading' ? HEADING : row.height + row.gap), 0);
}

function handledBy({ handled, maybeHandled }: Route): number {
  return handled + maybeHandled;
}

/** @param share of the records of the widest line: from 0 to 1 */
function edge(from: Box, to: Box, share: number): Edge {
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const middle = (x1 + x2) / 2;
  return { path: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`, width: widthOf(share) };
}

function downTo(to: Box, from: Box): Edge {
  return { path: `M${to.x + to.width / 2} ${from.y + from.height}V${to.y}`, width: 1, isDashed: true };
}

function widthOf(share: number): number {
  return share === 0 ? 1 : 1.5 + (MAX_EDGE - 1.5) * share;
}

/** A bracket beside all routes, and lines from it: which route sent a message is not known. */
function targetEdges(
  rows: readonly Box[],
  handler: Box,
  targets: readonly (Box & { readonly target: Target })[],
  most: number,
): readonly Edge[] {
  if (targets.length === 0) return [];
  const [first, last] = [rows[0] ?? handler, rows.at(-1) ?? handler];
  const right = first.x + first.width;
  const bottom = last.y + last.height;
  const bracket: Box = { x: right + 8, y: first.y, width: 6, height: bottom - first.y };
  return [
    { path: `M${bracket.x} ${first.y}h6V${bottom}h-6`, width: 1 },
    ...targets.map((box) => edge(bracket, box, box.target.messages / most)),
  ];
}
