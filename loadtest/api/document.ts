/** A JSON schema, as far as walking one needs it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly example?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

export interface ApiBody {
  readonly mediaType: string;
  readonly schema: JsonSchema;
  /** of a JSON body; undefined for files */
  readonly example: unknown;
}

/** One operation as the server's own OpenAPI document describes it. */
export interface ApiOperation {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** e.g. /v1/elections/{election_id} */
  readonly path: string;
  readonly secured: boolean;
  readonly parameters: readonly ApiParameter[];
  readonly body: ApiBody | null;
}

interface Media {
  readonly schema: JsonSchema;
  readonly example?: unknown;
}
interface RawOperation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly (Omit<ApiParameter, 'required'> & { readonly required?: boolean })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
}

/** The document, read: what there is to call, and its named schemas. */
export interface ApiDocument {
  readonly operations: readonly ApiOperation[];
  /** follows $ref as far as it goes */
  resolve(schema: JsonSchema): JsonSchema;
}

/** @param document /openapi.json, parsed */
export function readDocument(document: unknown): ApiDocument {
  const { paths, components } = document as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
    readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
  };
  const schemas = components?.schemas ?? {};
  const resolve = (schema: JsonSchema): JsonSchema => {
    const name = schema.$ref?.split('/').at(-1);
    const found = name === undefined ? undefined : schemas[name];
    return found === undefined ? schema : resolve(found);
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => operationOf(method, path, raw)),
  );
  return { operations, resolve };
}

function operationOf(method: string, path: string, raw: RawOperation): ApiOperation {
  const [body] = Object.entries(raw.requestBody?.content ?? {});
  return {
    id: raw.operationId,
    method: method.toUpperCase() as ApiOperation['method'],
    path,
    secured: (raw.security?.length ?? 0) > 0,
    parameters: (raw.parameters ?? []).map((one) => ({ ...one, required: one.required === true })),
    body: body === undefined ? null : { mediaType: body[0], schema: body[1].schema, example: body[1].example },
  };
}

/** A place in a body where a text may stand, e.g. ['options', '*', 'title']; '*' is any item or any field. */
export interface TextPlace {
  readonly path: readonly string[];
  readonly schema: JsonSchema;
}

/** Bodies of ours nest at most this deep; schemas that name themselves would never end. */
const DEPTH_MAX = 6;

/** Every place of a schema where a text may stand, in all branches of its unions. */
export function textPlaces(document: ApiDocument, root: JsonSchema): TextPlace[] {
  const places = new Map<string, TextPlace>();
  const visit = (given: JsonSchema, path: readonly string[]): void => {
    const schema = document.resolve(given);
    if (path.length > DEPTH_MAX) return;
    if ([schema.type].flat().includes('string') && schema.enum === undefined) {
      places.set(path.join('/'), { path, schema });
    }
    for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]) {
      visit(branch, path);
    }
    for (const [name, inner] of Object.entries(schema.properties ?? {})) visit(inner, [...path, name]);
    if (schema.items !== undefined) visit(schema.items, [...path, '*']);
    if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, [...path, '*']);
  };
  visit(root, []);
  return [...places.values()];
}
