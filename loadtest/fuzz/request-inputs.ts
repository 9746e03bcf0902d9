import type { SeededRandom } from '../fault/seeded-random.ts';
import type { Grounds } from './frame-inputs.ts';
import { fromNothing, hostileText, mutated, writtenAs } from './hostile.ts';

/** One request in good HTTP/1.1, whatever it says. */
export interface RequestInput {
  readonly method: string;
  readonly bytes: Buffer;
}

/** An operation as the server's own OpenAPI document describes it. */
interface Operation {
  readonly method: string;
  readonly path: string;
  /** example of the body; undefined where it takes none */
  readonly example: unknown;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}
interface DocumentedOperation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];
const MEDIA_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'text/plain',
  '',
  'application/xml',
];
const HEADERS = [
  'Idempotency-Key',
  'X-Org-Id',
  'X-Request-Id',
  'X-Correlation-Id',
  'If-None-Match',
  'Origin',
  'Accept',
  'Range',
];

/** Reads what there is to ask from the server's OpenAPI document. @param document /openapi.json, parsed */
export function operationsOf(document: unknown): Operation[] {
  return Object.entries((document as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => {
      const [content] = Object.values(requestBody?.content ?? {});
      return {
        method: method.toUpperCase(),
        path,
        example: content === undefined ? undefined : (content.example ?? {}),
      };
    }),
  );
}

/** Requests by mutation of what the document gives as examples. */
export function requestInputs(
  random: SeededRandom,
  grounds: Grounds,
  operations: readonly Operation[],
): () => RequestInput {
  return () => {
    const operation = random.pick(operations);
    const method = random.chance(0.95) ? operation.method : random.pick(METHODS);
    const body = method === 'GET' || method === 'HEAD' ? null : bodyFor(random, operation);
    const lines = [
      `${method} ${addressOf(random, operation.path, grounds)} HTTP/1.1`,
      'Host: localhost',
      ...authorisation(random, grounds),
      ...(body === null ? [] : [`Content-Type: ${random.chance(0.95) ? MEDIA_TYPES[0] : random.pick(MEDIA_TYPES)}`]),
      ...(body === null ? [] : [`Content-Length: ${body.length}`]),
      ...(random.chance(0.2) ? [`${random.pick(HEADERS)}: ${printable(hostileText(random)).slice(0, 2_000)}`] : []),
    ];
    const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    return { method, bytes: body === null ? head : Buffer.concat([head, body]) };
  };
}

function bodyFor(random: SeededRandom, { example }: Operation): Buffer {
  if (example === undefined && random.chance(0.9)) return Buffer.alloc(0);
  if (random.chance(0.15)) return fromNothing(random);
  return writtenAs(random, random.chance(0.15) ? example : mutated(random, example));
}

function authorisation(random: SeededRandom, { apiKey }: Grounds): string[] {
  if (random.chance(0.85)) return [`Authorization: Bearer ${apiKey}`];
  return random.chance(0.5)
    ? []
    : [`Authorization: ${random.pick(['Bearer', 'Basic', 'bearer '])} ${printable(hostileText(random))}`.slice(0, 900)];
}

function addressOf(random: SeededRandom, path: string, { electionIds, meetingIds }: Grounds): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (random.chance(0.1)) return encoded(hostileText(random)).slice(0, 3_000) || '%00';
    if (name === 'election_id') return random.pick(electionIds);
    return name === 'meeting_id' ? random.pick(meetingIds) : random.hex(16);
  });
  if (random.chance(0.8)) return filled;
  const name = random.pick(['cursor', 'limit', 'meeting_id', 'limit', 'x', encoded(hostileText(random)).slice(0, 60)]);
  const value = random.pick([
    '',
    '0',
    '-1',
    '1',
    '1001',
    random.hex(16),
    random.pick(electionIds),
    encoded(hostileText(random)).slice(0, 900),
  ]);
  return `${filled}?${name}=${value}${random.chance(0.1) ? `&${name}=2` : ''}`;
}

/** What may stand in a header without ending it. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\x80-\xff]/g, '');
}

/** What may stand in an address: percent-encoded, sometimes wrongly. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/%2F/g, '/');
}
