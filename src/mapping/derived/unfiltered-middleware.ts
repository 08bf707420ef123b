import type { HandlerMetadata } from '../../batch/handler-metadata.ts';
import { invalidOption } from '../../options/invalid-option.ts';
import { declaredNeeds } from '../../router/needed-records.ts';
import type { MappingWarning } from '../router-mapping.ts';

/** A middleware, as far as a message can name it. */
interface Layer {
  /** As in `the middleware timed (number 2)`. */
  readonly shown: string;
  readonly name: string;
  /** It says itself that it needs every record. */
  readonly needsAll: boolean;
  readonly needs: 'all' | 'routed';
}

/**
 * Refuses a middleware that needs every record and was added with `needs: 'routed'`: the filters would keep records from it, such as
 * changes from an audit trail.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function refuseRouted(metadata: HandlerMetadata): void {
  const layer = layersOf(metadata).find(({ needsAll, needs }) => needsAll && needs === 'routed');
  if (layer === undefined) return;
  throw invalidOption(
    'use',
    'needs',
    `has to be 'all' for ${layer.shown}, got "routed". Filters would drop changes that no route takes, and those would have no entry. ` +
      'Leave out needs, or add the audit trail to the routes whose changes it has to record, as in onInsert(audit).',
  );
}

/** Names the middleware for which no filter is derived, and says what can be done. Undefined where there is none. */
export function unfilteredWarning(metadata: HandlerMetadata): MappingWarning | undefined {
  const all = layersOf(metadata).filter(({ needs }) => needs === 'all');
  if (all.length === 0) return undefined;
  const trails = all.filter(({ needsAll }) => needsAll);
  const others = all.filter(({ needsAll }) => !needsAll);
  const need = all.length === 1 ? 'needs' : 'need';
  const sentences = [
    `${capital(listed(all.map(({ shown }) => shown)))} ${need} every record, so no filter is derived.`,
    ...(trails.length > 0 ? [ADVICE_FOR_TRAILS] : []),
    ...others.map(
      ({ shown, name }) =>
        `If ${shown} can miss records that no route takes, add it with use(${name || 'middleware'}, { needs: 'routed' }). ` +
        'If it records or counts every change, do not do that.',
    ),
  ];
  return { code: 'FILTERS_OFF_BY_MIDDLEWARE', message: sentences.join(' ') };
}

const ADVICE_FOR_TRAILS =
  'An audit trail needs every record. To have filters, give it a function of its own, or add it to the routes whose changes it has to ' +
  'record, as in onInsert(audit).';

function layersOf({ layers, needs }: HandlerMetadata): readonly Layer[] {
  return layers.map((layer, index) => {
    const { name } = layer as Readonly<Record<'name', unknown>>;
    const known = typeof name === 'string' ? name : '';
    return {
      shown: `the middleware ${known === '' ? '' : `${known} `}(number ${index + 1})`,
      name: known,
      needsAll: declaredNeeds(layer) === 'all',
      needs: needs[index] as Layer['needs'],
    };
  });
}

function listed(texts: readonly string[]): string {
  return texts.length === 1 ? `${texts[0]}` : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
