import type { RouteFilter } from '../../mapping/derived/route-filters.ts';
import { conditionWords } from './condition-words.ts';
import type { SourceMapping } from './source.ts';

const METHODS: Readonly<Record<RouteFilter['eventName'], string>> = {
  INSERT: 'onInsert',
  MODIFY: 'onModify',
  REMOVE: 'onRemove',
};

/** Says for each route of a mapping what became of it in the filters, a line or two for each. */
export function explained({ name, mapping, router }: SourceMapping): readonly string[] {
  const { routes } = mapping;
  if (routes.length === 0) return [`${name}: no filter is derived from routes.`];
  return routes.flatMap(({ eventName, entity, patterns }, index) => {
    const of = entity === undefined ? '' : ` of ${entity}`;
    const condition = router === undefined ? '' : `, ${conditionWords(router.conditions[index])}`;
    return [
      `${METHODS[eventName]}${of}${condition}:`,
      ...(patterns.length === 0
        ? ['  the filters say nothing of it, and every record passes']
        : patterns.map((pattern, at) => `  ${at === 0 ? 'gets' : 'and '} ${JSON.stringify(pattern)}`)),
    ];
  });
}
