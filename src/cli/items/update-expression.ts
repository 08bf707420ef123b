import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attributeValue, parseJson } from '../../testing/item-json.ts';
import { type Step, stepsOf } from '../../unmarshall/path.ts';
import { usageError } from '../errors/cli-error.ts';
import { typedValue } from './attribute-value.ts';
import type { GivenItem } from './read-items.ts';

/** Changes that are made to each item, besides its own attributes. */
export interface UpdateChanges {
  readonly set: readonly Assignment[];
  readonly add: readonly Assignment[];
  readonly remove: readonly (readonly Step[])[];
}

interface Assignment {
  readonly steps: readonly Step[];
  readonly value: AttributeValue;
}

/** The input of UpdateItem, without table and key. */
export interface UpdateExpression {
  readonly UpdateExpression: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>>;
}

/**
 * Reads `--set`, `--add` and `--remove`.
 *
 * @throws CliError
 */
export function changesOf(flags: {
  readonly set?: readonly string[];
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly dynamodbJson?: true;
}): UpdateChanges {
  const typed = flags.dynamodbJson === true;
  return {
    set: (flags.set ?? []).map((text) => assignmentOf(text, '--set', typed)),
    add: (flags.add ?? []).map((text) => assignmentOf(text, '--add', typed)),
    remove: (flags.remove ?? []).map((path) => {
      const steps = stepsOf(path);
      if (steps !== undefined) return steps;
      throw usageError(
        `--remove takes an attribute such as note, address.city, lines[0] or '["a.b"]', got ${path}.`,
      );
    }),
  };
}

function assignmentOf(text: string, flag: string, typed: boolean): Assignment {
  // A name in quotes may hold the sign itself.
  for (let at = text.indexOf('='); at !== -1; at = text.indexOf('=', at + 1)) {
    const path = text.slice(0, at);
    const steps = stepsOf(path);
    if (steps !== undefined) return { steps, value: givenValue(text.slice(at + 1), path, flag, typed) };
  }
  // Without the value: it may be a secret.
  throw usageError(
    `${flag} takes an attribute and its value, such as total=5 or address.city=Bern, got ${text.replace(/=.*/s, '=…')}.`,
  );
}

/** Parses JSON; other text stays text. */
function givenValue(text: string, path: string, flag: string, typed: boolean): AttributeValue {
  let value: unknown = text;
  try {
    value = parseJson(text);
  } catch {} // text without quotes
  if (!typed) return attributeValue(value);
  try {
    return typedValue(value, path);
  } catch (cause) {
    throw usageError(`${flag} is not DynamoDB JSON: ${(cause as Error).message}.`, cause);
  }
}

/**
 * Writes the update of an item: its attributes that are not keys are set, and then what the flags say.
 *
 * @param upsert without it, an item has to be there
 * @throws CliError when there is nothing to change
 */
export function updateExpression(
  { attributes, name }: GivenItem,
  keyNames: readonly string[],
  { set, add, remove }: UpdateChanges,
  upsert: boolean,
): UpdateExpression {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const pathOf = (steps: readonly Step[]): string =>
    steps
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${nameOf(step, names)}`))
      .join('')
      .slice(1);
  const valueName = (value: AttributeValue): string => {
    const key = `:v${Object.keys(values).length}`;
    values[key] = value;
    return key;
  };
  const own = Object.entries(attributes)
    .filter(([attribute]) => !keyNames.includes(attribute))
    .map(([attribute, value]): Assignment => ({ steps: [attribute], value }));
  const clauses = [
    clause(
      'SET',
      [...own, ...set].map(({ steps, value }) => `${pathOf(steps)} = ${valueName(value)}`),
    ),
    clause('REMOVE', remove.map(pathOf)),
    clause(
      'ADD',
      add.map(({ steps, value }) => `${pathOf(steps)} ${valueName(value)}`),
    ),
  ].join('');
  if (clauses === '') {
    throw usageError(
      `${name} has nothing to change. Use --set total=5, --add count=1 or --remove note, or give attributes besides the key.`,
    );
  }
  return {
    UpdateExpression: clauses,
    ...(!upsert && { ConditionExpression: `attribute_exists(${nameOf(`${keyNames[0]}`, names)})` }),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

function nameOf(attribute: string, names: Record<string, string>): string {
  const [known] = Object.entries(names).find(([, name]) => name === attribute) ?? [];
  if (known !== undefined) return known;
  const placeholder = `#n${Object.keys(names).length}`;
  names[placeholder] = attribute;
  return placeholder;
}

function clause(action: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${action} ${parts.join(', ')} `;
}
