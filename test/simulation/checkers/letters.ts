import { usable } from '../model/reference.ts';
import type { Route } from '../model/scenario.ts';
import { CANARY, type Change } from '../model/table.ts';
import type { World } from '../world/world.ts';

interface Letter {
  readonly entity?: string;
  readonly error: { readonly message: string; readonly stack?: string; readonly code?: string };
  readonly record: { readonly dynamodb: { readonly SequenceNumber: string } };
}

/** Errors of handlers, conditions and middleware that may work at the next attempt. */
const PASSING = /did not work|takes too long/;

/** Letters name records of the stream, hold no item content in their errors, and none is about a missing permission. */
export function checkLetters(world: World): void {
  const { changes, targets, history, journal, scenario } = world;
  const everything = scenario.fn.layers.some(
    (layer) => layer.kind === 'deadLetter' && layer.when === 'every failure',
  );
  const place = scenario.fn.layers.findIndex(({ kind }) => kind === 'deadLetter');
  const letters = scenario.fn.layers[place];
  const retries = scenario.fn.layers.slice(place).some(({ kind }) => kind === 'retry');
  const mayBePassing =
    everything || (letters?.kind === 'deadLetter' && letters.when === 'exhausted' && retries);
  for (const { body } of targets.accepted.filter(({ target }) => target === 'letters')) {
    const { error, entity, record } = body as Letter;
    const index = world.indexOf(record.dynamodb.SequenceNumber);
    if (index === undefined) history.violate('letters', 'a letter names no record of the stream');
    if (entity !== journal.reference.entityOf(changes[index] as Change))
      history.violate('entity', `the letter of change ${index} says that it is of ${entity}`);
    if (error.code === 'UNKNOWN_ENTITY') history.count('letter about a record of no entity');
    if (JSON.stringify(error).includes(CANARY))
      history.violate(
        '9 items stay private',
        `the letter of change ${index} holds item content in its error`,
      );
    if (PASSING.test(error.message) && !mayBePassing)
      history.violate('letters', `change ${index} got a letter for a failure that may pass`);
    if (
      error.code === 'SINK_ENTRY_REFUSED' &&
      !mayBePassing &&
      !routesOf(world, index).some(({ sink }) => sink !== 'none' && targets.refusesForGood(sink, index))
    )
      history.violate('letters', `change ${index} got a letter, and its target would take it later`);
    if (error.code === 'VALIDATION_FAILED' && isUnwanted(world, index))
      history.violate('letters', `change ${index} got a letter for a schema, and no route takes it`);
    if (!everything && /AccessDenied/.test(`${error.message} ${error.stack ?? ''}`))
      history.violate('13 misconfiguration', `change ${index} got a letter because of a missing permission`);
  }
}

function routesOf({ scenario, journal, changes }: World, index: number): readonly Route[] {
  const places = journal.reference.routesOf(changes[index] as Change);
  return places.map((place) => scenario.fn.routes[place] as Route);
}

/** Tells if no schema has to be asked: the built-in conditions leave no route, and `validate` does not look either. */
function isUnwanted(world: World, index: number): boolean {
  const { scenario, changes } = world;
  const { layers, routes } = scenario.fn;
  const { eventName } = changes[index] as Change;
  const asksUser = usable(scenario).some((place) => {
    const route = routes[place] as Route;
    return route.eventName === eventName && route.condition.includes('own');
  });
  return !asksUser && routesOf(world, index).length === 0 && !layers.some(({ kind }) => kind === 'validate');
}
