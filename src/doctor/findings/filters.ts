import { conditionData, decide } from '../../conditions/built-in.ts';
import { compilePattern } from '../../conditions/compile-pattern.ts';
import { soleEntry } from '../../conditions/pattern-object.ts';
import { patternWarnings } from '../../conditions/pattern-warnings.ts';
import { recordFilter } from '../../mapping/filter-criteria.ts';
import { type LazyRecord, openRecord } from '../../record/lazy-record.ts';
import { hasImage, type StreamViewType } from '../../record/view-type.ts';
import { type CheckMapping, type MappingCheck, updateCommand, withoutRoutes } from '../check.ts';
import { fieldsOf, type PatternField, type Sample, type SampleSource, samples } from '../filter-samples.ts';
import { type FindingCode, finding, ifRead, notChecked, type Result } from '../finding.ts';

const CODES: readonly FindingCode[] = [
  'FILTER_DROPS_ROUTE',
  'FILTER_NEVER_MATCHES',
  'FILTER_ALWAYS_MATCHES',
  'FILTER_UNDOCUMENTED',
];

/** The filters of the mapping: what they drop of the records that the code handles, and what they can never match. */
export const filters: CheckMapping = function* (check) {
  const { mapping, subject } = check;
  if ('notChecked' in mapping.filters) {
    yield finding('FILTER_UNREADABLE', subject, {
      is: `${mapping.filters.notChecked}.`,
      should: 'filters that Lambda can decrypt',
      why: 'Without the key, the mapping stops.',
      remedy:
        'Allow Lambda to use the key: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html',
    });
  }
  yield* ifRead(mapping.filters, CODES, subject, function* (patterns) {
    if (patterns.length === 0) return;
    const passes = compiled(patterns);
    if (passes === undefined) {
      yield notChecked(CODES, subject, 'a filter is not one that this version of streamlane can read');
      return;
    }
    for (const [index, pattern] of patterns.entries()) yield* ofPattern(pattern, index, check);
    yield* dropped(patterns, passes, check);
  });
};

function compiled(patterns: readonly string[]): ((record: unknown) => boolean) | undefined {
  try {
    const tests = patterns.map((pattern) => compilePattern(pattern));
    return (record) => tests.some((test) => test(record));
  } catch {
    return undefined;
  }
}

function* ofPattern(pattern: string, index: number, { mapping, subject }: MappingCheck): Iterable<Result> {
  const { stream } = mapping;
  const viewType = 'value' in stream ? stream.value?.viewType : undefined;
  const remedy = 'Correct the filter, and test it: docs/filters.md';
  const warnings = patternWarnings(pattern);
  const never = warnings.filter(({ code }) => code === 'NEVER_MATCHES').map(({ message }) => message);
  const missing = viewType === undefined ? undefined : missingImage(pattern, viewType);
  if (missing !== undefined) {
    never.push(
      `it asks for ${missing}, which the records of a ${viewType} stream do not have for its events.`,
    );
  }
  if (never.length > 0) {
    yield finding('FILTER_NEVER_MATCHES', subject, {
      is: `Filter ${index + 1}: ${never.join(' ')}`,
      should: 'alternatives that a record can have',
      why: 'Records that are meant do not reach the function, and nothing says so.',
      remedy,
    });
  }
  const always = warnings.filter(({ code }) => code === 'ALWAYS_MATCHES').map(({ message }) => message);
  if (always.length > 0) {
    yield finding('FILTER_ALWAYS_MATCHES', subject, {
      is: `Filter ${index + 1}: ${always.join(' ')}`,
      should: 'alternatives that some records do not have',
      why: 'The function gets records that the filter seems to keep away, and you pay for the invocations.',
      remedy,
    });
  }
  const undocumented = warnings
    .filter(({ code }) => code === 'UNDOCUMENTED_OPERATOR')
    .map(({ message }) => message);
  if (undocumented.length > 0) {
    yield finding('FILTER_UNDOCUMENTED', subject, {
      is: `Filter ${index + 1}: ${undocumented.join(' ')}`,
      should: 'comparisons that Lambda documents',
      why: 'The next deployment may be refused.',
      remedy,
    });
  }
}

/** The image that every record lacks which the pattern could match. */
function missingImage(pattern: string, viewType: StreamViewType): 'NewImage' | 'OldImage' | undefined {
  const combinations = fieldsOf(pattern).map((fields) => missingIn(fields, viewType));
  return combinations.every((image) => image !== undefined) ? combinations[0] : undefined;
}

function missingIn(
  fields: readonly PatternField[],
  viewType: StreamViewType,
): 'NewImage' | 'OldImage' | undefined {
  const named = fields.find(({ path }) => path.join('.') === 'eventName')?.alternatives;
  const events = ['INSERT', 'MODIFY', 'REMOVE'].filter((name) => named === undefined || named.includes(name));
  const needed = (['NewImage', 'OldImage'] as const).filter((image) =>
    fields.some(({ path, alternatives }) => path[1] === image && !alternatives.some(allowsAbsence)),
  );
  // Other names of events are left to the warnings.
  if (events.length === 0 || events.some((event) => needed.every((image) => carries(image, viewType, event))))
    return undefined;
  return needed.find((image) => !events.every((event) => carries(image, viewType, event)));
}

function carries(image: 'NewImage' | 'OldImage', viewType: StreamViewType, event: string): boolean {
  return hasImage(image === 'NewImage' ? 'newImage' : 'oldImage', viewType, event);
}

function allowsAbsence(alternative: unknown): boolean {
  const [operator, operand] = soleEntry(alternative) ?? [];
  return operator === 'exists' && operand === false;
}

/** Records that something in the code is to get. */
interface Demand {
  /** For people: `onInsert`, or `onModify of order`. */
  readonly name: string;
  /** As JSON. */
  readonly patterns: readonly string[];
  readonly condition: unknown;
  readonly entity: string | undefined;
}

const METHODS: Readonly<Record<string, string>> = {
  INSERT: 'onInsert',
  MODIFY: 'onModify',
  REMOVE: 'onRemove',
};

/** Reasons for which no filter may be derived. */
const NEEDS_EVERY_RECORD: readonly string[] = ['FILTERS_OFF_BY_MIDDLEWARE', 'FILTERS_OFF_BY_UNKNOWN_ENTITY'];

function demandsOf({ code }: MappingCheck): readonly Demand[] {
  const { facts, mapping, source } = code as NonNullable<MappingCheck['code']>;
  const { routes, options, warnings } = mapping as NonNullable<NonNullable<MappingCheck['code']>['mapping']>;
  const own = recordFilter('doctor', options.filterCriteria)?.patterns ?? ['{}'];
  const every = { name: source, patterns: own, condition: undefined, entity: undefined };
  if (facts === undefined || routes.length === 0) return [every];
  const ofRoutes = routes.map(({ eventName, entity, patterns }, index) => ({
    name: `${METHODS[eventName]}${entity === undefined ? '' : ` of ${entity}`}`,
    patterns: patterns?.map((pattern) => JSON.stringify(pattern)) ?? [
      JSON.stringify({ eventName: [eventName] }),
    ],
    condition: facts.routes[index]?.condition,
    entity,
  }));
  const seesAll = warnings.some(({ code: reason }) => NEEDS_EVERY_RECORD.includes(reason));
  return seesAll ? [...ofRoutes, { ...every, name: 'what sees every record' }] : ofRoutes;
}

function* dropped(
  deployed: readonly string[],
  passes: (record: unknown) => boolean,
  check: MappingCheck,
): Iterable<Result> {
  const { mapping, code, subject } = check;
  if (code === undefined) return;
  if (code.mapping === undefined) {
    yield notChecked(['FILTER_DROPS_ROUTE'], subject, withoutRoutes(code));
    return;
  }
  const derived = recordFilter('doctor', code.mapping.options.filterCriteria)?.patterns ?? [];
  if (derived.length > 0 && derived.every((pattern) => deployed.includes(pattern))) return;
  const source = sourceOf(check);
  const others = deployed.flatMap((pattern) => fieldsOf(pattern).flat());
  const remedy = updateCommand(
    mapping,
    `--filter-criteria '${JSON.stringify(derived.length === 0 ? {} : { Filters: derived.map((Pattern) => ({ Pattern })) })}'`,
  );
  for (const demand of demandsOf(check)) {
    const found = counterexample(demand, others, passes, source, check);
    if (found === undefined) continue;
    yield finding('FILTER_DROPS_ROUTE', subject, {
      // A predicate of the user is not asked: it may do anything.
      severity: found.isCertain ? 'error' : 'warning',
      is: `The filters drop records of ${demand.name}, such as ${shown(found.sample)}.`,
      should:
        derived.length === 0
          ? 'no filters: the code needs every record'
          : `filters as the code gives them: ${derived.join(' ')}`,
      why: found.isCertain
        ? 'The function never gets them, and nothing says so.'
        : 'The function never gets them, and nothing says so. Your own condition may not want them either: it was not asked.',
      remedy,
    });
  }
}

function sourceOf({ mapping, code }: MappingCheck): SampleSource {
  const stream = 'value' in mapping.stream ? mapping.stream.value : undefined;
  const settings = code?.facts?.settings;
  return {
    viewType: stream?.viewType ?? settings?.viewType ?? 'NEW_AND_OLD_IMAGES',
    keys: stream?.keys ?? settings?.table?.keys ?? ['pk'],
    streamArn: mapping.streamArn,
  };
}

/** As many records are tried for a route. */
const MOST_SAMPLES = 3000;

/** Looks for a record that the code is to get and the filters drop. */
function counterexample(
  { patterns, condition, entity }: Demand,
  others: readonly PatternField[],
  passes: (record: unknown) => boolean,
  source: SampleSource,
  { code }: MappingCheck,
): { readonly sample: Sample; readonly isCertain: boolean } | undefined {
  const changed = changedPaths(condition);
  let uncertain: Sample | undefined;
  for (const pattern of patterns) {
    const wants = pattern === '{}' ? () => true : compilePattern(pattern);
    let tried = 0;
    for (const fields of pattern === '{}' ? [[]] : fieldsOf(pattern)) {
      for (const sample of samples(source, fields, others, changed)) {
        tried += 1;
        if (tried > MOST_SAMPLES) break;
        if (passes(sample) || !wants(sample)) continue;
        const verdict = handles(sample, condition, entity, code);
        if (verdict === true) return { sample, isCertain: true };
        if (verdict === undefined) uncertain ??= sample;
      }
    }
  }
  return uncertain && { sample: uncertain, isCertain: false };
}

/** Tells if a route takes a record. Undefined where a predicate of the user decides, which is not called. */
function handles(
  sample: Sample,
  condition: unknown,
  entity: string | undefined,
  code: MappingCheck['code'],
): boolean | undefined {
  const settings = code?.facts?.settings;
  if (settings === undefined) return true;
  try {
    const record: LazyRecord = openRecord(sample as never, {
      toNumber: Number,
      viewType: settings.viewType,
      open: settings.table?.['~open'],
    });
    if (entity !== undefined && record.entity !== entity) return false;
    return condition === undefined ? true : decide(condition, record);
  } catch {
    return false;
  }
}

/** The attributes that have to differ for a condition, as far as they are plain names. */
function changedPaths(condition: unknown): readonly (readonly string[])[] {
  const data = conditionData(condition);
  if (data === undefined) return [];
  if ('conditions' in data) return data.kind === 'not' ? [] : data.conditions.flatMap(changedPaths);
  if (data.kind !== 'changed') return [];
  return data.paths
    .map(({ steps }) => steps)
    .filter((steps) => steps.every((step) => typeof step === 'string'))
    .map((steps) => steps.flatMap((step, index) => (index === 0 ? [`${step}`] : ['M', `${step}`])));
}

/** A sample without what all samples share. */
function shown({ eventName, dynamodb }: Sample): string {
  const { Keys, NewImage, OldImage } = dynamodb as Readonly<Record<string, object | undefined>>;
  return JSON.stringify({ eventName, dynamodb: { Keys, NewImage, OldImage } });
}
