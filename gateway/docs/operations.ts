import type { OpenApiDocument } from '../http/document.ts';
import {
  exampleOf,
  type Field,
  fieldsOf,
  type JsonSchema,
  type NamedSchema,
  namedSchemas,
  refName,
  typeOf,
} from './schema.ts';

export interface AnswerDoc {
  readonly status: string;
  readonly description: string;
  readonly type: string;
}

export interface ErrorDoc {
  readonly status: string;
  readonly code: string;
  readonly meaning: string;
}

/** One HTTP operation as its readers see it. */
export interface OperationDoc {
  readonly id: string;
  readonly tag: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly signedIn: boolean;
  readonly parameters: readonly (Field & { readonly in: string })[];
  readonly body: { readonly type: string; readonly fields: readonly Field[] } | null;
  readonly answers: readonly AnswerDoc[];
  readonly errors: readonly ErrorDoc[];
  readonly curl: string;
}

interface Media {
  readonly schema?: JsonSchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: { readonly message: string } }>>;
}
interface RawOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly unknown[];
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: JsonSchema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { description: string; content?: Readonly<Record<string, Media>> }>>;
}

const ADDRESS = 'http://localhost:8080';
const EXAMPLE_ID = '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';
const EXAMPLE_CODE = '5f4dcc3b5aa765d61d8327deb882cf99';

function curlOf(raw: RawOperation, method: string, path: string, body: unknown): string {
  const address = path.replace('{tracking_code}', EXAMPLE_CODE).replaceAll(/\{\w+\}/g, EXAMPLE_ID);
  const parts = [`curl ${method === 'post' ? '-X POST ' : ''}${ADDRESS}${address}`];
  if (raw.security.length > 0) parts.push(`-H 'Authorization: Bearer psk_…'`);
  if (raw.parameters?.some(({ name }) => name === 'Idempotency-Key')) parts.push(`-H 'Idempotency-Key: 7f1c-1'`);
  if (body !== undefined) {
    parts.push(`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body).replaceAll("'", `'\\''`)}'`);
  }
  return parts.join(' \\\n  ');
}

function operationDoc(document: OpenApiDocument, method: string, path: string, raw: RawOperation): OperationDoc {
  const media = raw.requestBody?.content['application/json'];
  const schema = media?.schema;
  const named = schema?.$ref === undefined ? schema : schemasOf(document)[refName(schema.$ref)];
  const answers = Object.entries(raw.responses);
  return {
    id: raw.operationId,
    tag: raw.tags[0] ?? '',
    method: method.toUpperCase(),
    path,
    summary: raw.summary,
    description: raw.description ?? '',
    signedIn: raw.security.length > 0,
    parameters: (raw.parameters ?? []).map((one) => ({
      name: one.name,
      in: one.in,
      type: typeOf(one.schema),
      required: one.required ?? false,
      description: one.schema.description ?? '',
    })),
    body: schema === undefined ? null : { type: typeOf(schema), fields: fieldsOf(named ?? {}) },
    answers: answers
      .filter(([status]) => status < '400')
      .map(([status, { description, content = {} }]) => {
        const [type = '', { schema: answered = {} } = {}] = Object.entries(content)[0] ?? [];
        return { status, description, type: type === 'application/json' ? typeOf(answered) : type };
      }),
    errors: answers
      .filter(([status]) => status >= '400')
      .flatMap(([status, { content = {} }]) =>
        Object.entries(content['application/json']?.examples ?? {}).map(([code, { value }]) => {
          return { status, code, meaning: value.message };
        }),
      ),
    curl: curlOf(raw, method, path, media?.example ?? exampleOf(named)),
  };
}

function schemasOf(document: OpenApiDocument): Readonly<Record<string, JsonSchema>> {
  return (document.components?.schemas ?? {}) as Readonly<Record<string, JsonSchema>>;
}

/** Every operation of the document, in its order. */
export function operationDocs(document: OpenApiDocument): readonly OperationDoc[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => operationDoc(document, method, path, raw as RawOperation)),
  );
}

/** The named schemas of the document. */
export function schemaDocs(document: OpenApiDocument): readonly NamedSchema[] {
  return namedSchemas(schemasOf(document));
}
