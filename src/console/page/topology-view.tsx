import './topology.css';
import type { JSX } from 'preact';
import type { Store } from '../state/store.ts';
import { counted } from '../state/timeline/invocation-text.ts';
import { pictureOf, type TopologyPicture } from '../state/topology/picture.ts';
import {
  lanesText,
  notesOf,
  routeName,
  shardName,
  targetName,
  targetOf,
} from '../state/topology/topology-text.ts';
import { visible } from '../state/value-text.ts';
import { useStore } from './model.ts';
import { moveInTopology } from './topology-keys.ts';
import { Facts, Line, List, Part, RouteLine, ShardText } from './topology-parts.tsx';

interface DrawingProps {
  readonly store: Store;
  readonly picture: TopologyPicture;
}

/** The way of the records: from the table over its shards and the handler to the routes, and what got messages. */
export function TopologyView(): JSX.Element {
  const store = useStore();
  const { topology, table, counts, retries } = store;
  const destination = retries?.onFailureDestination ?? undefined;
  const picture = pictureOf(topology, destination);
  const { width, height } = picture;
  return (
    <section class="topology" aria-label="Topology">
      <p class="hint">{notesOf(topology).join(' ')}</p>
      <div class="drawing">
        <svg viewBox={`0 0 ${width} ${height}`} onKeyDown={moveInTopology}>
          <title>Topology</title>
          {picture.edges.map(({ path, width: stroke, isDashed }, index) => (
            <path key={index} class={isDashed ? 'edge dashed' : 'edge'} d={path} stroke-width={stroke} />
          ))}
          {picture.columns.map(({ x, name }) => (
            <text key={name} class="column" x={x} y="14">
              {name}
            </text>
          ))}
          <Facts box={picture.table} lines={[table, counted(counts.read, 'record')]} />
          <Shards store={store} picture={picture} />
          <Facts box={picture.handler} lines={handlerLines(store)} />
          {picture.destination !== undefined && destination !== undefined && (
            <Facts
              box={picture.destination}
              kind={topology.discarded > 0 ? 'busy' : ''}
              lines={[
                targetName(targetOf(destination)),
                `on failure: ${counted(topology.discarded, 'record')}`,
              ]}
            />
          )}
          <Routes store={store} picture={picture} />
          {picture.targets.map(({ target, ...box }) => (
            <Facts
              key={targetName(target)}
              box={box}
              lines={[targetName(target), counted(target.messages, 'message')]}
            />
          ))}
        </svg>
      </div>
    </section>
  );
}

function handlerLines({ handler, topology, counts }: Store): readonly string[] {
  const { handler: read } = topology;
  const lanes = read && lanesText(read);
  const middlewares = read?.middlewares ?? 0;
  const { invocations, failedInvocations } = counts;
  return [
    handler ?? '',
    ...(lanes === undefined ? [] : [lanes]),
    ...(middlewares === 0 ? [] : [counted(middlewares, 'middleware')]),
    counted(invocations, 'invocation'),
    ...(failedInvocations === 0 ? [] : [`${failedInvocations.toLocaleString('en')} failed`]),
  ];
}

function Shards({ store, picture }: DrawingProps): JSX.Element {
  const { topology, blocked } = store;
  return (
    <>
      <List name="Shards">
        {picture.shards.map(({ shard, ...box }) => {
          const { shardId, isClosed } = shard;
          const stuck = blocked.list.filter((batch) => batch.shardId === shardId);
          const name = shardName(shard, stuck.length);
          return (
            <Part
              key={shardId}
              box={box}
              name={name}
              title={`${shardId}: ${name}`}
              kind={isClosed ? 'closed' : ''}
              filter={`shard:${shardId}`}
            >
              <ShardText
                box={box}
                shard={shard}
                isDense={picture.isDense}
                isBlocked={(slot) => stuck.some((batch) => batch.slot === slot)}
              />
            </Part>
          );
        })}
      </List>
      {picture.closed !== undefined && (
        <Facts
          box={picture.closed}
          lines={[
            `${topology.closed.shards.toLocaleString('en')} closed, ${topology.closed.read.toLocaleString('en')} read`,
          ]}
        />
      )}
    </>
  );
}

function Routes({ store, picture }: DrawingProps): JSX.Element {
  const { topology } = store;
  const unrouted = counted(topology.unrouted, 'record');
  return (
    <>
      {picture.headings.map(({ x, y, entity }) => (
        <text key={entity ?? ''} class="entity-name" x={x} y={y + 16}>
          {entity === undefined
            ? 'every entity'
            : `${visible(entity)}: ${topology.handledOf(entity).toLocaleString('en')} handled`}
        </text>
      ))}
      <List name="Routes">
        {picture.routes.map(({ route, number, ...box }) => (
          <Part
            key={number}
            box={box}
            name={routeName(route, number)}
            kind={route.eventName.toLowerCase()}
            filter={`route:${number}`}
          >
            <RouteLine place={{ route, number, ...box }} isDense={picture.isDense} />
          </Part>
        ))}
        {picture.unrouted !== undefined && (
          <Part
            box={picture.unrouted}
            name={`No route takes them: ${unrouted}`}
            kind="unrouted"
            filter="route:none"
          >
            <Line box={picture.unrouted} left="no route" right={unrouted} />
          </Part>
        )}
      </List>
    </>
  );
}
