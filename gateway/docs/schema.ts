/** The part of JSON Schema that our own documents use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** One line of a table of fields. `name` is a path: `credentials[].hash`. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/** Bounds that every whole number has by its representation say nothing to a reader. */
const IMPLICIT_BOUND = Number.MAX_SAFE_INTEGER;
/** Deeper fields are found under the named schema they belong to. */
const FIELD_DEPTH_MAX = 4;

export function refName(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

function bounds(min: number | undefined, max: number | undefined, unit: string): string {
  const low = min === undefined || Math.abs(min) >= IMPLICIT_BOUND ? null : min;
  const high = max === undefined || Math.abs(max) >= IMPLICIT_BOUND ? null : max;
  if (low === null && high === null) return '';
  if (high === null) return `, ${low}${unit} or more`;
  return low === null ? `, at most ${high}${unit}` : `, ${low} to ${high}${unit}`;
}

const NAMES: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  object: 'object',
  null: 'null',
};

/** What a value of this schema is, in a few words: 'text, 1 to 200 characters', 'list of Option', 'Tally or null'. */
export function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return refName(schema.$ref);
  if (schema.allOf !== undefined) return schema.allOf.map(typeOf).join(' and ');
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return [...new Set(branches.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(' or ');
  switch (schema.type) {
    case 'string':
      if (schema.format === 'uuid') return 'UUID';
      if (schema.format === 'date-time') return 'date and time';
      return `text${bounds(schema.minLength, schema.maxLength, ' characters')}`;
    case 'integer':
      return `whole number${bounds(schema.minimum, schema.maximum, '')}`;
    case 'number':
      return `number${bounds(schema.minimum, schema.maximum, '')}`;
    case 'array':
      return `list of ${typeOf(schema.items ?? {})}${bounds(schema.minItems, schema.maxItems, '')}`;
    default:
      return NAMES[String(schema.type)] ?? 'any JSON';
  }
}

/** Behind 'X or null', and behind a list or record of X, stands X. */
function insideOf(schema: JsonSchema): { readonly of: JsonSchema; readonly suffix: string } {
  const choices = (schema.anyOf ?? []).filter(({ type }) => type !== 'null');
  if (choices.length === 1 && choices[0] !== undefined) return insideOf(choices[0]);
  if (schema.type === 'array' && schema.items !== undefined) return { of: schema.items, suffix: '[]' };
  const { additionalProperties: values } = schema;
  if (typeof values === 'object' && schema.properties === undefined) return { of: values, suffix: '.*' };
  return { of: schema, suffix: '' };
}

/**
 * The fields of an object, nested ones after the one that holds them; of a choice between objects the fields of each.
 * A named schema is not unfolded.
 */
export function fieldsOf(schema: JsonSchema, prefix = '', depth = 0): readonly Field[] {
  if (depth >= FIELD_DEPTH_MAX) return [];
  const branches = schema.anyOf ?? schema.oneOf ?? [];
  const variants = variantsOf(branches);
  if (variants !== null) return fieldsOfVariants(variants, prefix, depth);
  if (branches.length > 0) {
    return branches.flatMap((branch) =>
      fieldsOf(branch, prefix, depth).map((field) => ({
        ...field,
        description: field.description || (branch.description ?? ''),
      })),
    );
  }
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    const inside = insideOf(value);
    const field: Field = {
      name,
      type: typeOf(value),
      required: schema.required?.includes(key) ?? false,
      description: value.description ?? '',
    };
    return [field, ...fieldsOf(inside.of, `${name}${inside.suffix}.`, depth + 1)];
  });
}

interface Variants {
  /** the field that says which one it is */
  readonly key: string;
  readonly each: readonly { readonly value: unknown; readonly branch: JsonSchema }[];
}

/** A choice between objects that one field with fixed values tells apart; null for any other choice. */
function variantsOf(branches: readonly JsonSchema[]): Variants | null {
  const constants = (branch: JsonSchema | undefined) =>
    Object.entries(branch?.properties ?? {}).filter(([, { const: value }]) => value !== undefined);
  const key = branches.length > 1 ? constants(branches[0])[0]?.[0] : undefined;
  if (key === undefined || !branches.every((branch) => branch.properties?.[key]?.const !== undefined)) return null;
  return { key, each: branches.map((branch) => ({ value: branch.properties?.[key]?.const, branch })) };
}

/** The telling field once, then the fields of each variant with the variant's name before what they mean. */
function fieldsOfVariants({ key, each }: Variants, prefix: string, depth: number): readonly Field[] {
  const name = `${prefix}${key}`;
  const type = each.map(({ value }) => JSON.stringify(value)).join(' | ');
  const own = each.flatMap(({ value, branch }) =>
    fieldsOf(branch, prefix, depth)
      .filter((field) => field.name !== name)
      .map((field) => ({ ...field, description: `${key} ${value}${field.description && `: ${field.description}`}` })),
  );
  return [{ name, type, required: true, description: '' }, ...own];
}

/** The example that a schema carries itself. */
export function exampleOf(schema: JsonSchema | undefined): unknown {
  return schema?.example ?? schema?.examples?.[0];
}

/** A schema that others refer to by name. */
export interface NamedSchema {
  readonly name: string;
  readonly description: string;
  /** what it is, where it has no fields of its own */
  readonly type: string;
  readonly fields: readonly Field[];
  readonly example: unknown;
}

/** The schemas of a document's components, as their readers see them. */
export function namedSchemas(schemas: Readonly<Record<string, JsonSchema>>): readonly NamedSchema[] {
  return Object.entries(schemas).map(([name, schema]) => ({
    name,
    description: schema.description ?? '',
    type: typeOf(schema),
    fields: fieldsOf(schema),
    example: exampleOf(schema),
  }));
}
