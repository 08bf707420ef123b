import type { JSX } from 'preact';
import { ActionProblem } from './action-problem.tsx';
import { BlockedView } from './blocked-view.tsx';
import { ChangesView } from './changes-view.tsx';
import { ChartsView } from './charts-view.tsx';
import { FailuresView } from './failures-view.tsx';
import { MappingControls } from './mapping-controls.tsx';
import { announcement, connection, useStore, type View, view } from './model.ts';
import { RerunEditor } from './rerun-editor.tsx';
import { TimelineView } from './timeline-view.tsx';
import { TopologyView } from './topology-view.tsx';

const VIEWS: Readonly<Record<View, { readonly name: string; readonly draw: () => JSX.Element }>> = {
  changes: { name: 'Changes', draw: ChangesView },
  failures: { name: 'Failures', draw: FailuresView },
  timeline: { name: 'Timeline', draw: TimelineView },
  charts: { name: 'Charts', draw: ChartsView },
  blocked: { name: 'Blocked', draw: BlockedView },
  topology: { name: 'Topology', draw: TopologyView },
};

export function App(): JSX.Element {
  const { handler } = useStore();
  // Keys can name a view that has no button.
  const Draw = handler === undefined ? ChangesView : VIEWS[view.value].draw;
  return (
    <>
      <Head />
      <main>
        <Draw />
      </main>
      <RerunEditor />
      <div class="unseen" aria-live="polite">
        {announcement}
      </div>
    </>
  );
}

function Head(): JSX.Element {
  const { table, handler, state, isPaused, counts, failures, blocked, notice } = useStore();
  const lost = connection.value === 'lost';
  return (
    <header>
      <h1 title={handler === undefined ? table : `${table} → ${handler}`}>
        <b>streamlane</b> <span>{table}</span> <i aria-hidden="true">→</i>{' '}
        {handler === undefined ? (
          <em>no handler: this page only reads the stream</em>
        ) : (
          <span>{handler}</span>
        )}
      </h1>
      <nav aria-label="Views">
        {viewsFor(handler).map(([key, { name }]) => (
          <button
            type="button"
            key={key}
            aria-current={view.value === key ? 'page' : undefined}
            onClick={() => {
              view.value = key as View;
            }}
          >
            {name}
            {key === 'failures' && failures.list.length > 0 && <em>{failures.list.length}</em>}
            {key === 'blocked' && blocked.list.length > 0 && <em>{blocked.list.length}</em>}
          </button>
        ))}
      </nav>
      <dl aria-label="Counts">
        <Count name="read" value={counts.read} />
        {handler !== undefined && <Count name="succeeded" value={counts.succeeded} />}
        {counts.filtered > 0 && <Count name="filtered" value={counts.filtered} />}
        {counts.discarded > 0 && <Count name="discarded" value={counts.discarded} isBad />}
        {handler !== undefined && <Count name="invocations" value={counts.invocations} />}
        {counts.failedInvocations > 0 && <Count name="failed" value={counts.failedInvocations} isBad />}
      </dl>
      <MappingControls />
      <p class={lost ? 'state bad' : isPaused ? 'state paused' : 'state'} role="status">
        {lost
          ? 'Not connected'
          : connection.value !== 'live'
            ? 'Connecting'
            : isPaused
              ? 'Paused'
              : state || 'Enabled'}
      </p>
      {notice !== undefined && (
        <p class="notice" role="alert">
          {notice}
        </p>
      )}
      <ActionProblem />
    </header>
  );
}

/** Without a handler, only changes can be shown. */
function viewsFor(handler: string | undefined): [string, (typeof VIEWS)[View]][] {
  return Object.entries(VIEWS).filter(([key]) => handler !== undefined || key === 'changes');
}

function Count({ name, value, isBad }: { name: string; value: number; isBad?: boolean }): JSX.Element {
  return (
    <div class={isBad ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd>{value.toLocaleString('en')}</dd>
    </div>
  );
}
