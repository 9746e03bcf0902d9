import { createHash } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { type Engine, limits } from '../../engine/index.ts';
import { newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const other = await openEngine(database);
const orgId = await newOrganisation(engine);
const sql = postgres(database.ownerUrl, { max: 1 });
afterAll(() => sql.end());

const hashOf = (body: string) => createHash('sha256').update(body).digest();

/** 'run', the kept answer, or why not. */
async function begin(key: string, body = 'body', at: Engine = engine, org = orgId): Promise<unknown> {
  const outcome = await at.idempotency.begin(org, key, hashOf(body));
  if (!outcome.ok) return outcome.failure.details?.reason;
  return outcome.value.run ? 'run' : { status: outcome.value.status, body: outcome.value.body };
}

async function age(key: string, ms: number): Promise<void> {
  await sql`UPDATE app.idempotency_keys SET created_at = clock_timestamp() - make_interval(secs => ${ms / 1_000})
    WHERE key = ${key}`;
}

test('the first runs, the same again is answered alike from any gateway, another body is refused', async () => {
  expect(await begin('first')).toBe('run');
  expect(await begin('first', 'body', other)).toBe('in_progress');
  expect(await begin('first', 'another body')).toBe('key_reused');
  await engine.idempotency.finish(orgId, 'first', 201, { election_id: 'x', list: [1, null, 'ü'] });
  const answer = { status: 201, body: { election_id: 'x', list: [1, null, 'ü'] } };
  expect(await begin('first')).toEqual(answer);
  expect(await begin('first', 'body', other)).toEqual(answer);
  expect(await begin('first', 'another body')).toBe('key_reused');
});

test('of many at once exactly one runs', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => begin('rush', 'body', i % 2 === 0 ? engine : other)),
  );
  expect(answers.filter((answer) => answer === 'run')).toHaveLength(1);
  expect(answers.filter((answer) => answer === 'in_progress')).toHaveLength(19);
});

test('an abandoned key is free again; a finished one cannot be abandoned', async () => {
  expect(await begin('abandoned')).toBe('run');
  await engine.idempotency.abandon(orgId, 'abandoned');
  expect(await begin('abandoned', 'another body')).toBe('run');
  await engine.idempotency.finish(orgId, 'abandoned', 204, null);
  await engine.idempotency.abandon(orgId, 'abandoned');
  expect(await begin('abandoned', 'another body')).toEqual({ status: 204, body: null });
});

test('a request whose process died without a word is taken over, once, and only by the same request', async () => {
  expect(await begin('died')).toBe('run');
  await age('died', 2 * limits.requestTimeoutMs + 100);
  expect(await begin('died', 'another body')).toBe('key_reused');
  const answers = await Promise.all([begin('died'), begin('died', 'body', other), begin('died')]);
  expect(answers.sort()).toEqual(['in_progress', 'in_progress', 'run']);
});

test('a key is forgotten after its day, and belongs to one organisation', async () => {
  expect(await begin('daily')).toBe('run');
  await engine.idempotency.finish(orgId, 'daily', 200, {});
  const stranger = await newOrganisation(engine, 'Strangers');
  expect(await begin('daily', 'theirs', engine, stranger)).toBe('run');
  await age('daily', limits.idempotencyKeyMs + 1_000);
  expect(await begin('daily', 'a new day')).toBe('run');
});
