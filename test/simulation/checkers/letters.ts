import { CANARY } from '../model/table.ts';
import type { World } from '../world/world.ts';

interface Letter {
  readonly error: { readonly message: string; readonly stack?: string; readonly code?: string };
  readonly record: { readonly dynamodb: { readonly SequenceNumber: string } };
}

/** Letters name records of the stream, hold no item content in their errors, and none is about a missing permission. */
export function checkLetters(world: World): void {
  const { targets, history, scenario } = world;
  const everything = scenario.fn.layers.some(
    (layer) => layer.kind === 'deadLetter' && layer.when === 'every failure',
  );
  for (const { body } of targets.accepted.filter(({ target }) => target === 'letters')) {
    const { error, record } = body as Letter;
    const index = world.indexOf(record.dynamodb.SequenceNumber);
    if (index === undefined) history.violate('letters', 'a letter names no record of the stream');
    if (JSON.stringify(error).includes(CANARY))
      history.violate(
        '9 items stay private',
        `the letter of change ${index} holds item content in its error`,
      );
    if (!everything && /AccessDenied/.test(`${error.message} ${error.stack ?? ''}`))
      history.violate('13 misconfiguration', `change ${index} got a letter for want of a permission`);
  }
}
