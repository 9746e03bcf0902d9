import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createEngine, type Outcome } from '../../engine/index.ts';
import { allOperations } from '../../gateway/http/app.ts';
import { openApiDocument } from '../../gateway/http/document.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { httpOver } from '../unit/gateway/http-calls.ts';

/** Requests per operation; the whole file takes some seconds. `npm run fuzz` sends millions. */
const RUNS = 60;

const database = await freshDatabase();
const engine = await createEngine({ url: database.ownerUrl });
afterAll(() => engine.close());
const { call, lines } = httpOver(engine, { requestTimeoutMs: 5_000 });

function take<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

const { orgId } = take(await engine.accounts.createOrganisation({ name: 'Fuzz' }));
const key = take(
  await engine.apiKeys.create(orgId, { name: 'fuzz', roles: ['admin'], requestsPerSecond: 50_000 }),
).secret;
const meeting = take(await engine.meetings.create(orgId, { title: 'Fuzz' }, 'fuzz'));
const options = ['a', 'b', 'c'].map((id) => ({ id, title: id }));
const IRV = { title: 'Fuzz', method: { method: 'irv' as const, settings: {} }, options };

async function electionIn(state: 'draft' | 'open' | 'closed' | 'published'): Promise<string> {
  const { electionId } = take(await engine.elections.create(orgId, IRV, 'fuzz'));
  const acts = {
    draft: [],
    open: ['open'],
    closed: ['open', 'close'],
    published: ['open', 'close', 'publish'],
  } as const;
  for (const act of acts[state]) take(await engine.elections[act](orgId, electionId, 'fuzz'));
  return electionId;
}
const elections = [];
for (const state of ['draft', 'open', 'closed', 'published'] as const) elections.push(await electionIn(state));

/** What breaks careless programs, in any place where a value may stand. */
const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 53,
    1e308,
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e',
    '%00',
    "'; --",
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    '__proto__',
    'constructor',
    [],
    {},
    [[[[[[]]]]]],
    'x'.repeat(70_000),
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.bigInt().map(String),
);

/** The example with one place changed: replaced, removed, doubled, or with something beside it. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) {
    const inside = value.map((item, index) => mutated(item).map((changed) => value.with(index, changed)));
    return fc.oneof(hostile, fc.constant([...value, ...value]), fc.constant([]), ...inside);
  }
  if (typeof value !== 'object' || value === null) return hostile;
  const entries = Object.entries(value);
  return fc.oneof(
    hostile,
    fc.tuple(fc.string({ unit: 'binary', maxLength: 12 }), hostile).map(([name, more]) => ({ ...value, [name]: more })),
    ...entries.map(([name]) => fc.constant(Object.fromEntries(entries.filter(([other]) => other !== name)))),
    ...entries.map(([name, inner]) => mutated(inner).map((changed) => ({ ...value, [name]: changed }))),
  );
}

const rawBody = (example: unknown) =>
  fc.oneof(
    { weight: 6, arbitrary: mutated(example).map((body) => JSON.stringify(body)) },
    { weight: 2, arbitrary: fc.constant(JSON.stringify(example)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)) },
    { weight: 1, arbitrary: fc.nat(3_000).map((depth) => '['.repeat(depth)) },
  );

const pathPart = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...elections, meeting.meetingId) },
  { weight: 1, arbitrary: fc.uuid() },
  { weight: 1, arbitrary: fc.stringMatching(/^[0-9a-f]{32}$/) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).map(encodeAnything) },
  { weight: 1, arbitrary: fc.constantFrom('%00', '%ff', '%', '..', 'null', '-1') },
);
const query = fc.dictionary(
  fc.constantFrom('cursor', 'limit', 'meeting_id', 'x'),
  fc.oneof(fc.string(), fc.uuid(), fc.nat().map(String), fc.constantFrom('%00', '-1', '1e9', '\u0000')),
);
const headerText = fc.stringMatching(/^[\x20-\x7e]{0,140}$/).map((text) => text.trim());
const headers = fc.record(
  { 'idempotency-key': headerText, 'x-org-id': headerText, 'if-none-match': headerText, 'x-request-id': headerText },
  { requiredKeys: [] },
);

function encodeAnything(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const document = openApiDocument(allOperations({ socketUrl: () => '', draining: () => false }));
interface Documented {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}
const described = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Documented>).map(([method, operation]) => ({ path, method, operation })),
);

test.each(described)('$method $path answers nonsense with 4xx', async ({ path, method, operation }) => {
  const content = operation.requestBody?.content ?? {};
  const example = content['application/json']?.example;
  const [fileType] = Object.keys(content).filter((type) => type !== 'application/json');
  const file = fc.uint8Array({ maxLength: 400 }).map((bytes) => new Uint8Array(bytes));
  const request = fc.record({
    parts: fc.array(pathPart, { minLength: 2, maxLength: 2 }),
    query,
    headers,
    raw: fileType !== undefined ? file : example === undefined ? fc.constant(undefined) : rawBody(example),
    signedIn: fc.constantFrom(true, true, true, false),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ parts, query, headers, raw, signedIn }) => {
      const address = parts.reduce((rest, part) => rest.replace(/\{\w+\}/, () => part), path);
      const answer = await call(method.toUpperCase(), `${address}?${new URLSearchParams(query)}`, {
        as: signedIn ? key : null,
        headers: fileType === undefined ? headers : { ...headers, 'content-type': fileType },
        ...(raw === undefined ? {} : { raw }),
      });
      expect(answer.status, answer.text).toBeLessThan(500);
    }),
    { numRuns: RUNS },
  );
});

test('none of it was a bug', () => {
  expect(lines.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  expect(described.length).toBeGreaterThan(20);
});
