import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode, errorBody } from '../../protocol/errors.ts';
import { type AnyFailure, mappingOf } from '../errors.ts';
import type { Operation } from './operation.ts';

type Kind = AnyFailure['kind'];

const INTRODUCTION = `
Psephos takes ballots and counts them. Everything the socket can do to vote, these operations can too.

**Who you are.** Send your API key, session token or access token as \`Authorization: Bearer …\`. Keys and session
tokens carry their organisation; a person of several organisations names one in \`X-Org-Id\`.

**Signing.** A key may sign its requests instead of sending its secret: \`X-Psephos-Key\` (the key's id),
\`X-Psephos-Timestamp\` (seconds since 1970, decimals allowed, at most five minutes off) and \`X-Psephos-Signature\`:
HMAC-SHA-256 with the signing secret, as hexadecimal digits, over five lines joined by line feeds: \`psephos1\`, method, path
with query, timestamp, SHA-256 of the body as hexadecimal digits. Each signature is taken once.

**Limits.** A key may send 200 requests a second unless it says otherwise; \`X-RateLimit-Limit\`, \`-Remaining\` and
\`-Reset\` (seconds) tell. Beyond any limit the answer is LOAD_002 with \`Retry-After\`; over a quota it is QUOTA_001.

**Retrying.** Retry answers 423, 429 and 5xx only, at most twice, after \`details.retry_after_ms\` (or 25 to 100 ms,
at random), with the same cast key or \`Idempotency-Key\`. What you repeat so is carried out once.

**Lists** come in pages: send \`next_cursor\` of one page as \`cursor\` of the next.

**Weights** are votes as decimal text with at most six decimals: \`"1"\`, \`"0.25"\`.

**Tracing.** \`X-Request-Id\` and \`X-Correlation-Id\` (1 to 64 letters, digits, dots, dashes, underscores) are taken
from you and echoed; without them you get new ones. Errors and our log carry them.
`.trim();

const orgHeader = z.string().optional().meta({
  description: "Your organisation's id. Keys carry it; persons of several organisations name one.",
});
const idempotencyHeader = z.string().optional().meta({
  description:
    'Any text of your own, 1 to 128 characters. The same request under it is carried out once; kept 24 hours.',
});
const ifNoneMatchHeader = z
  .string()
  .optional()
  .meta({ description: 'The ETag you have; answered 304 if it still holds.' });

/** Which failures an operation can answer: its own, and what its kind brings with it. */
export function failuresOf(op: Operation): readonly Kind[] {
  const kinds = new Set<Kind>(op.failures);
  const add = (when: boolean, ...more: readonly Kind[]) => {
    if (when) for (const kind of more) kinds.add(kind);
  };
  add(op.permission !== null, 'unauthenticated', 'forbidden', 'not_found', 'database_away');
  add(op.params !== undefined || op.query !== undefined || op.body !== undefined, 'invalid_input', 'text_too_long');
  add(op.params !== undefined || op.query !== undefined, 'headers_too_large'); // an address of 16 KiB
  add(
    op.body !== undefined || op.file !== undefined,
    'body_too_large',
    'body_too_slow',
    'wrong_media_type',
    'bad_http',
  );
  add(op.body !== undefined, 'not_json');
  add(op.creates === true || op.namedByKey === true, 'conflict');
  add(op.alwaysAdmitted !== true, 'rate_limited');
  add(op.alwaysAdmitted !== true, 'overloaded', op.method === 'get' ? 'database_away' : 'outcome_unknown');
  kinds.add('bug');
  return [...kinds];
}

function errorResponses(op: Operation): RouteConfig['responses'] {
  const byStatus = new Map<number, Set<ErrorCode>>();
  for (const kind of failuresOf(op)) {
    const { status, code } = mappingOf(kind);
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  }
  const responses: RouteConfig['responses'] = {};
  for (const [status, codes] of [...byStatus].sort(([a], [b]) => a - b)) {
    const examples = [...codes].map((code) => {
      const value = {
        error_code: code,
        message: ERROR_CODES[code].meaning,
        details: {},
        timestamp: '2026-11-21T18:00:00.000Z',
        request_id: '0b0c6a52-9d0a-4d2c-9d0e-3f3a2f1f6f10',
      };
      return [code, { summary: ERROR_CODES[code].next, value }] as const;
    });
    responses[status] = {
      description: [...codes].map((code) => `${code}: ${ERROR_CODES[code].meaning}`).join(' '),
      content: { 'application/json': { schema: errorBody, examples: Object.fromEntries(examples) } },
    };
  }
  return responses;
}

function successResponses(op: Operation): RouteConfig['responses'] {
  const responses: RouteConfig['responses'] = {};
  for (const [status, { description, schema, mediaType }] of Object.entries(op.success)) {
    const example = schema?.meta()?.example;
    responses[status] =
      schema === undefined
        ? mediaType === undefined
          ? { description }
          : { description, content: { [mediaType]: { schema: z.string() } } }
        : { description, content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } } };
  }
  return responses;
}

function fileBody({ mediaTypes, description }: NonNullable<Operation['file']>) {
  const schema = z.string().meta({ description, format: 'binary' });
  return { required: true, content: Object.fromEntries(mediaTypes.map((type) => [type, { schema }])) };
}

function routeOf(op: Operation): RouteConfig {
  const headers = z.object({
    ...(op.permission === null ? {} : { 'X-Org-Id': orgHeader }),
    ...(op.creates === true || op.namedByKey === true ? { 'Idempotency-Key': idempotencyHeader } : {}),
    ...(op.method === 'get' && op.permission !== null ? { 'If-None-Match': ifNoneMatchHeader } : {}),
  });
  const bodyExample = op.body?.meta()?.example;
  return {
    operationId: op.id,
    method: op.method,
    path: op.path,
    tags: [op.tag],
    summary: op.summary,
    ...(op.description === undefined ? {} : { description: op.description }),
    security: op.permission === null ? [] : [{ bearer: [] }],
    request: {
      headers,
      ...(op.params === undefined ? {} : { params: op.params as z.ZodObject }),
      ...(op.query === undefined ? {} : { query: op.query as z.ZodObject }),
      ...(op.file === undefined ? {} : { body: fileBody(op.file) }),
      ...(op.body === undefined
        ? {}
        : {
            body: {
              required: op.bodyOptional !== true,
              content: {
                'application/json': { schema: op.body, ...(bodyExample === undefined ? {} : { example: bodyExample }) },
              },
            },
          }),
    },
    responses: { ...successResponses(op), ...errorResponses(op) },
  };
}

/** The OpenAPI 3.1 document of these operations, in their order. */
export function openApiDocument(operations: readonly Operation[]) {
  const described = new OpenAPIHono();
  for (const op of operations) described.openAPIRegistry.registerPath(routeOf(op));
  described.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key (psk_…), the session token of an attendee (pst_…), or the access token of a signed-in person.',
  });
  return described.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Psephos', version: '1', description: INTRODUCTION },
    servers: [{ url: '/', description: 'This gateway' }],
  });
}
export type OpenApiDocument = ReturnType<typeof openApiDocument>;
