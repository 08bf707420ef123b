import { conditionWords } from '../../mapping/condition-words.ts';
import type { RouteFilter, RouterMapping } from '../../mapping/router-mapping.ts';
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
  const lines = routes.flatMap(({ eventName, entity, patterns }, index) => {
    const of = entity === undefined ? '' : ` of ${entity}`;
    const condition = router === undefined ? '' : `, ${conditionWords(router.conditions[index])}`;
    return [
      `${METHODS[eventName]}${of}${condition}:`,
      ...(patterns === undefined
        ? [`  ${unfiltered(mapping)}`]
        : patterns.length === 0
          ? ['  no record can meet its conditions']
          : patterns.map((pattern, at) => `  ${at === 0 ? 'gets' : 'and '} ${JSON.stringify(pattern)}`)),
    ];
  });
  const others = otherFilters(mapping);
  if (others.length === 0) return lines;
  return [
    ...lines,
    'records that the router refuses, so that the failure is visible:',
    ...others.map((json) => `  gets ${json}`),
  ];
}

function unfiltered({ options }: RouterMapping): string {
  return options.filterCriteria === undefined
    ? 'there are no filters, and every record passes'
    : 'the filters are your own: no filter is derived from the route';
}

/** The filters that stand for no route: those of routes, merged ones too, begin with the event name. */
function otherFilters({ options, routes }: RouterMapping): readonly string[] {
  if (routes.every(({ patterns }) => patterns === undefined)) return [];
  return (options.filterCriteria?.filters ?? [])
    .map(({ pattern }) => `${pattern}`)
    .filter((json) => !json.startsWith('{"eventName"'));
}
