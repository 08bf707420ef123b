import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A shape of a service, as the SDK's own model has it. */
interface Shape {
  isStructSchema(): boolean;
  isListSchema(): boolean;
  isMapSchema(): boolean;
  isStringSchema(): boolean;
  isNumericSchema(): boolean;
  isBooleanSchema(): boolean;
  isTimestampSchema(): boolean;
  getValueSchema(): Shape;
  structIterator(): Iterable<readonly [name: string, shape: Shape]>;
  getName(qualified?: boolean): string | undefined;
}

interface Serializer {
  setSerdeContext(context: object): void;
  write(shape: Shape, value: unknown): void;
  flush(): string;
}

type SerializerClass = new (settings: object) => Serializer;

// What the clients themselves are made of. They bring it: the project does not depend on it by itself.
const ofClient = createRequire(require.resolve('@aws-sdk/client-lambda'));
const { NormalizedSchema } = ofClient('@smithy/core/schema') as {
  readonly NormalizedSchema: { of(schema: unknown): Shape };
};
const { JsonShapeSerializer, XmlShapeSerializer } = ofClient('@aws-sdk/core/protocols') as {
  readonly JsonShapeSerializer: SerializerClass;
  readonly XmlShapeSerializer: SerializerClass;
};

/** An operation of a service, from the model that its client carries. */
export interface Operation {
  readonly name: string;
  /** `GET` and `/2015-03-31/functions/{FunctionName}/configuration`, for services with paths. */
  readonly http: readonly [method: string, path: string, status: number] | undefined;
  readonly output: Shape;
}

/** The operations that a client knows. */
export function operationsOf(client: string): ReadonlyMap<string, Operation> {
  const module = require(client) as Readonly<Record<string, unknown>>;
  const found = new Map<string, Operation>();
  for (const value of Object.values(module)) {
    // [9, namespace, name, traits, input, output]: an operation.
    if (!Array.isArray(value) || value[0] !== 9) continue;
    const [, , name, traits, , output] = value as unknown as readonly [
      9,
      string,
      string,
      object | 0,
      unknown,
      () => unknown,
    ];
    const { http } = (traits || {}) as Partial<Operation>;
    found.set(name, { name, http, output: NormalizedSchema.of(output()) });
  }
  return found;
}

/**
 * Checks an answer against the model.
 *
 * @throws for a member that the service does not have, and for a value of another type
 */
export function checkShape(shape: Shape, value: unknown, path: string): void {
  if (value === undefined) return;
  const wrong = (expected: string): Error =>
    new Error(`${path} has to be ${expected} by the model of the SDK, got ${JSON.stringify(value)}`);
  if (shape.isStructSchema()) {
    if (typeof value !== 'object' || value === null) throw wrong('a structure');
    const members = new Map(shape.structIterator());
    for (const [name, member] of Object.entries(value)) {
      const known = members.get(name);
      if (known === undefined) throw new Error(`${path}.${name} is not in the model of the SDK`);
      checkShape(known, member, `${path}.${name}`);
    }
  } else if (shape.isListSchema()) {
    if (!Array.isArray(value)) throw wrong('a list');
    for (const [index, one] of value.entries()) checkShape(shape.getValueSchema(), one, `${path}[${index}]`);
  } else if (shape.isMapSchema()) {
    if (typeof value !== 'object' || value === null) throw wrong('a map');
    for (const [name, one] of Object.entries(value))
      checkShape(shape.getValueSchema(), one, `${path}.${name}`);
  } else if (shape.isTimestampSchema()) {
    if (!(value instanceof Date)) throw wrong('a date');
  } else if (shape.isStringSchema()) {
    if (typeof value !== 'string') throw wrong('text');
  } else if (shape.isNumericSchema()) {
    if (typeof value !== 'number') throw wrong('a number');
  } else if (shape.isBooleanSchema()) {
    if (typeof value !== 'boolean') throw wrong('true or false');
  } else {
    throw new Error(`${path} has a type that the fake does not know`);
  }
}

/** Writes an answer as the service does, with the serializer of the SDK and the model of the client. */
export function written({ output }: Operation, value: unknown, format: 'json' | 'xml'): string {
  const Class = format === 'json' ? JsonShapeSerializer : XmlShapeSerializer;
  const serializer = new Class({
    jsonName: true,
    xmlNamespace: 'https://example.com/doc/',
    // Seconds in JSON, ISO 8601 in XML.
    timestampFormat: { default: format === 'json' ? 7 : 5, useTrait: true },
  });
  serializer.setSerdeContext({});
  serializer.write(output, value);
  return serializer.flush();
}
