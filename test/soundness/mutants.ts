import type { Mutant } from '../simulation/mutants/mutant.ts';

/** Faults in the derivation of filters, each of which drops records, or asks Lambda for more than it documents. */
export const FILTER_MUTANTS: readonly Mutant[] = [
  {
    name: 'alternatives that are written twice have to hold both',
    file: 'mapping/derived/filter-of-pattern.ts',
    find: 'leaves.set(key, {',
    replace: 'leaves.set(`${key} ${leaves.size}`, {',
  },
  {
    name: 'alternatives that are written anew as a path, or among patterns, still count',
    file: 'mapping/derived/filter-of-pattern.ts',
    find: '    else leaves.delete(key);\n',
    replace: '',
  },
  {
    name: 'a field has the name of what objects inherit',
    file: 'mapping/derived/route-filters.ts',
    find: 'return Object.create(null);',
    replace: 'return {};',
  },
  {
    name: 'not(changed) asks for nothing',
    file: 'mapping/derived/filters-of-condition.ts',
    find: `        no: ALL_RECORDS,
      };
    }
    case 'expired'`,
    replace: `        no: NO_RECORDS,
      };
    }
    case 'expired'`,
  },
  {
    name: 'not(all) is all of the opposites',
    file: 'mapping/derived/condition-filters.ts',
    find: 'no: union(filters.map(({ no }) => no))',
    replace: 'no: intersection(filters.map(({ no }) => no))',
  },
  {
    name: 'a predicate of the user never fails to hold',
    file: 'mapping/derived/condition-filters.ts',
    find: '{ yes: ALL_RECORDS, no: ALL_RECORDS }',
    replace: '{ yes: ALL_RECORDS, no: [] }',
  },
  {
    name: 'a predicate of the user never holds',
    file: 'mapping/derived/condition-filters.ts',
    find: '{ yes: ALL_RECORDS, no: ALL_RECORDS }',
    replace: '{ yes: [], no: ALL_RECORDS }',
  },
  {
    name: 'another value has to exist',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: 'no: leaf(path, ...others, { exists: false }) };',
    replace: 'no: leaf(path, ...others) };',
  },
  {
    name: 'an attribute exists only as text',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: 'return { yes: ALL_RECORDS, no: absent(path) };',
    replace: 'return { yes: leaf(text, { exists: true }), no: absent(path) };',
  },
  {
    name: 'exists asks for the attribute, not for its types',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: 'return { yes: ALL_RECORDS, no: absent(path) };',
    replace: 'return { yes: leaf(path, { exists: true }), no: absent(path) };',
  },
  {
    name: 'not(missing) asks for nothing',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: 'return { yes: absent(path), no: ALL_RECORDS };',
    replace: 'return { yes: absent(path), no: [] };',
  },
  {
    name: 'a missing attribute has some value',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: 'leaf([...path, type], { exists: false })',
    replace: 'leaf([...path, type], { exists: true })',
  },
  {
    name: 'two filters ask one element of a list',
    file: 'mapping/derived/filter-of-pattern.ts',
    find: "  if (path.includes('L')) return ALL_RECORDS;\n",
    replace: '',
  },
  {
    name: 'two filters ask one element of a set',
    file: 'mapping/derived/record-filter.ts',
    find: '    if (isOfElements(leaf.path)) continue;\n',
    replace: '',
  },
  {
    name: 'the index of a list is the name of a field',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: "typeof step === 'number' || !isPlainName(step)",
    replace: '!isPlainName((step = String(step)))',
  },
  {
    name: 'a name with a dot is a name',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: "!name.includes('.') && ",
    replace: '',
    equivalent: "AWS's matcher reads a.b as the field of a, and as the name a.b: the filter matches more.",
  },
  {
    name: 'the prototype is the name of an attribute',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: " && name !== '__proto__'",
    replace: '',
    equivalent:
      'Patterns are made without a prototype. Code that copies them by assignment would lose the name.',
  },
  {
    name: 'the name of an operator is a name',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: ' || OPERATORS.has(step)',
    replace: '',
    equivalent:
      "AWS's matcher takes an operator with fields for a name. Lambda's own checks are not known, so such names are not said.",
  },
  {
    name: 'a number is written in one way',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: '/^(0|-?[1-9]\\d{0,20})$/.test(digits)',
    replace: 'true',
  },
  {
    name: 'a range is a comparison of numbers',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: "return leaf([...path, 'N'], { exists: true });\n  return",
    replace: "return leaf([...path, 'N'], { numeric: ['>=', Number(bound)] });\n  return",
  },
  {
    name: 'text never stands for a number',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: 'return areText\n',
    replace: 'return areText && false\n',
  },
  {
    name: 'other letters than those of ASCII are folded',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: "no: leaf(text, { 'anything-but': [first as string] }, { exists: false }),",
    replace:
      "no: leaf(text, { 'anything-but': { 'equals-ignore-case': first as string } }, { exists: false }),",
  },
  {
    name: 'a wildcard is text',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: 'if (start.length === pattern.length) return leaf(path, text);',
    replace: 'return leaf(path, text);',
  },
  {
    name: 'a wildcard goes into the filter',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: 'return { yes: wildcardFilter(first as string, text), no: ALL_RECORDS };',
    replace: 'return { yes: leaf(text, { wildcard: first as string }), no: ALL_RECORDS };',
  },
  {
    name: 'operators of EventBridge go into the filter',
    file: 'mapping/derived/filter-of-pattern.ts',
    find: 'DOCUMENTED.has(operator) && isPlain',
    replace: 'true',
  },
  {
    name: 'streams that carry less are dropped',
    file: 'mapping/derived/route-filters.ts',
    find: 'namesMore(IN_EVERY_VIEW) && enough.length < VIEW_TYPES.length',
    replace: 'false',
  },
  {
    name: 'streams of another table are dropped',
    file: 'mapping/derived/route-filters.ts',
    find: 'keys.map(withoutKey)',
    replace: '[]',
  },
  {
    name: 'records of no entity are dropped, though they fail',
    file: 'mapping/derived/derived-filters.ts',
    find: "settings.unknownEntity === 'fail'",
    replace: 'false',
  },
  {
    name: 'the entity of a change is that of its old image',
    file: 'mapping/derived/route-filters.ts',
    find: "eventName === 'REMOVE' ? 'oldImage' : 'newImage'",
    replace: "eventName === 'INSERT' ? 'newImage' : 'oldImage'",
  },
  {
    name: 'conjunctions past the limit are dropped',
    file: 'mapping/derived/record-filter.ts',
    find: 'filter.length > MOST ? ALL_RECORDS : filter',
    replace: 'filter.slice(0, 3)',
  },
  {
    name: 'a mapping has any number of filters',
    file: 'mapping/derived/route-filters.ts',
    find: 'derived.patterns.length <= MAX_FILTERS',
    replace: 'derived.patterns.length <= 10',
  },
  {
    name: 'a middleware that needs every record is ignored',
    file: 'mapping/derived/derived-filters.ts',
    find: "needs.includes('all')",
    replace: 'false',
  },
  {
    name: 'every middleware says that it needs routed records',
    file: 'router/needed-records.ts',
    find: "?? 'all'",
    replace: "?? 'routed'",
  },
  {
    name: 'a route may come after the filters',
    file: 'mapping/event-source-mapping.ts',
    find: '  metadata.refuse = refuseLate;\n',
    replace: '',
  },
  {
    name: 'a condition that fails every record is asked like others',
    file: 'mapping/derived/filters-of-condition.ts',
    find: 'needsMissingImage(condition, records) ? UNKNOWN',
    replace: 'false ? UNKNOWN',
  },
  {
    name: 'a change of one of several attributes is one of the first',
    file: 'mapping/derived/filters-of-condition.ts',
    find: 'if (only === undefined || others.length > 0) return UNKNOWN;',
    replace:
      "if (only === undefined || others.length > 0) return { yes: leaf([...PARTS.newImage, 's', 'S'], { exists: true }), no: ALL_RECORDS };",
  },
  {
    name: 'an anything-but holds for a missing attribute',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: 'return { yes, no: union([no, absent(path)]) };',
    replace: 'return { yes, no };',
  },
  {
    name: 'a value in a map is missing, though an attribute has its path as a name',
    file: 'mapping/derived/filters-of-matcher.ts',
    find: 'return saysMissing ? ALL_RECORDS : filter;',
    replace: 'return filter;',
  },
  {
    name: 'of two comparisons that are both there, none is enough',
    file: 'mapping/derived/record-filter.ts',
    find: 'return isNarrow(other) && !isNarrow(one) ? other : one;',
    replace: 'return one.filter((value) => texts.has(JSON.stringify(value)));',
  },
];
