import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { type Engine, PLATFORM_CHAIN } from '../../engine/index.ts';
import { deadLetterPage, queueList, upkeepTaskList } from '../../protocol/work.ts';
import { auditOf } from '../harness/audit.ts';
import { endCommands, runCommandOf } from '../harness/command.ts';
import { accepted } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { serveHttp } from './http-server.ts';

const database = await freshDatabase();
const server = await serveHttp(database.ownerUrl);
const superuser = connectAs(database.ownerUrl, null);
const { call, engine, ours, theirs } = server;
afterAll(async () => {
  await endCommands();
  await Promise.all([server.stop(), superuser.end()]);
});

/** The access token of an administrator of the platform. */
async function platformAdmin(at: Engine): Promise<string> {
  const email = `p.${randomBytes(5).toString('hex')}@example.org`;
  const { accountId, link } = accepted(await at.registration.createAccount({ email, name: 'Ada', locale: 'en' }));
  const password = randomUUID();
  accepted(await at.signIn.resetPassword(link.split('=')[1] ?? '', password));
  await superuser`UPDATE app.accounts SET platform_admin = true WHERE account_id = ${accountId}`;
  return accepted(await at.signIn.byPassword({ email, password }, { userAgent: 'Test' })).accessToken;
}
const platform = await platformAdmin(engine);

/** What the audit of this organisation, or of the platform, says of letters. */
const decisions = async (orgId: string) =>
  (await auditOf(engine, orgId))
    .map(({ entry }) => entry)
    .filter(({ act }) => act.startsWith('dead_letters.'))
    .map(({ act, subject, actor, facts, bypassed }) => ({ act, subject, actor, facts, bypassed }));
const decided = (verb: string, letterId: string, jobId: string, actor: unknown) => ({
  ...{ act: `dead_letters.${verb}`, subject: `dead_letters/${letterId}`, actor, bypassed: false },
  facts: { queue: 'search', job_id: jobId },
});

/** A job that failed. @returns the letter's id */
async function fail(orgId: string | null, jobId: string, reason = 'The index is away.'): Promise<string> {
  const letter = { orgId, queue: 'search', jobId, jobName: 'search', payload: { org_id: orgId }, reason, attempts: 10 };
  await engine.deadLetters.add(letter);
  const { items } = accepted(await engine.deadLetters.list(orgId, {}));
  return items.find((each) => each.jobId === jobId && each.orgId === orgId)?.letterId ?? '';
}

describe('over HTTP', () => {
  test('administrators see what failed in their own organisation, and nothing of another', async () => {
    const [own, foreign] = [await fail(ours.orgId, 'a'), await fail(theirs.orgId, 'b')];
    await fail(null, 'c');
    const { json } = await call('GET', '/v1/work/dead-letters', { as: ours.admin });
    expect(deadLetterPage.parse(json).items).toMatchObject([
      { letter_id: own, org_id: ours.orgId, queue: 'search', reason: 'The index is away.', attempts: 10, times: 1 },
    ]);
    for (const as of [ours.moderator, ours.member]) {
      expect((await call('GET', '/v1/work/dead-letters', { as })).status).toBe(403);
    }
    for (const [method, path] of [
      ['POST', `/v1/work/dead-letters/${foreign}/retry`],
      ['DELETE', `/v1/work/dead-letters/${foreign}`],
    ] as const) {
      expect((await call(method, path, { as: ours.admin })).status).toBe(404);
      expect((await call(method, path.replace('/v1/', '/v1/platform/'), { as: ours.admin })).status).toBe(403);
    }
  });

  test('administrators of the platform see everybody’s, and what belongs to nobody', async () => {
    const { json } = await call('GET', '/v1/platform/work/dead-letters', { as: platform });
    const orgs = deadLetterPage.parse(json).items.map(({ org_id: orgId }) => orgId);
    expect(new Set(orgs)).toEqual(new Set([ours.orgId, theirs.orgId, null]));
    const first = await call('GET', '/v1/platform/work/dead-letters?limit=1', { as: platform });
    const next = await call('GET', `/v1/platform/work/dead-letters?limit=1&cursor=${first.json.next_cursor}`, {
      as: platform,
    });
    expect(next.json.items[0].letter_id).not.toBe(first.json.items[0].letter_id);
  });

  test('what is done by the clock: administrators see how it went, those of the platform why it failed and what it did', async () => {
    const failing = engine.upkeepTasks.once('backup', 0, () => Promise.reject(new Error('No space on s3.internal.')));
    await expect(failing).rejects.toThrow('No space');
    await engine.upkeepTasks.once('hints', 0, async () => ({ dead_rows: 7 }));
    const tasks = async (path: string, as: string) => {
      const { json } = await call('GET', path, { as });
      const named = upkeepTaskList.parse(json).items.filter(({ task }) => task === 'backup' || task === 'hints');
      return named.map(({ failed, problem, summary }) => ({ failed, problem, summary }));
    };
    expect(await tasks('/v1/work/tasks', ours.admin)).toEqual([
      { failed: true, problem: null, summary: null },
      { failed: false, problem: null, summary: null },
    ]);
    expect(await tasks('/v1/platform/work/tasks', platform)).toMatchObject([
      { failed: true, problem: 'No space on s3.internal.' },
      { failed: false, problem: null, summary: { dead_rows: 7 } },
    ]);
    expect((await call('GET', '/v1/work/tasks', { as: ours.moderator })).status).toBe(403);
    expect((await call('GET', '/v1/platform/work/tasks', { as: ours.admin })).status).toBe(403);
  });

  test('a letter is run again by the relay, which gives it back to its queue, or dropped', async () => {
    const [again, dropped] = [await fail(ours.orgId, 'again'), await fail(ours.orgId, 'dropped')];
    expect((await call('POST', `/v1/work/dead-letters/${again}/retry`, { as: ours.admin })).json).toEqual({
      letter_id: again,
    });
    expect((await call('DELETE', `/v1/work/dead-letters/${dropped}`, { as: ours.admin })).status).toBe(200);
    const states = async () => {
      const { json } = await call('GET', '/v1/work/dead-letters', { as: ours.admin });
      return new Map(deadLetterPage.parse(json).items.map((letter) => [letter.letter_id, letter.state]));
    };
    expect([(await states()).get(again), (await states()).has(dropped)]).toEqual(['again', false]);
    const given: string[] = [];
    await engine.relay.round(async ({ letters }) => void given.push(...letters.map(({ letterId }) => letterId)));
    expect(given).toEqual([again]);
    expect((await states()).has(again)).toBe(false);
    expect((await call('POST', `/v1/work/dead-letters/${again}/retry`, { as: ours.admin })).status).toBe(404);
  });

  test('who has a letter run again, or drops it, stands in the audit of those whose work it is', async () => {
    const before = await decisions(ours.orgId);
    const [own, foreign, nobodys] = [await fail(ours.orgId, 'd'), await fail(theirs.orgId, 'e'), await fail(null, 'f')];
    await call('POST', `/v1/work/dead-letters/${own}/retry`, { as: ours.admin });
    await call('DELETE', `/v1/work/dead-letters/${own}`, { as: ours.admin });
    for (const letterId of [foreign, nobodys]) {
      const { status } = await call('POST', `/v1/platform/work/dead-letters/${letterId}/retry`, { as: platform });
      expect(status).toBe(200);
      await call('DELETE', `/v1/platform/work/dead-letters/${letterId}`, { as: platform });
    }
    // refused: nothing was done, nothing is said
    expect((await call('DELETE', `/v1/work/dead-letters/${own}`, { as: ours.admin })).status).toBe(404);
    const [admin, operator] = [expect.stringMatching(/^(?:member|api_key):/), expect.stringMatching(/^account:/)];
    expect((await decisions(ours.orgId)).slice(before.length)).toEqual([
      decided('retried', own, 'd', admin),
      decided('dropped', own, 'd', admin),
    ]);
    for (const [chain, letterId, jobId] of [
      [theirs.orgId, foreign, 'e'],
      [PLATFORM_CHAIN, nobodys, 'f'],
    ] as const) {
      expect(await decisions(chain)).toEqual([
        decided('retried', letterId, jobId, operator),
        decided('dropped', letterId, jobId, operator),
      ]);
    }
  });

  test('a job that fails once more counts up and waits for a person again', async () => {
    const letterId = await fail(theirs.orgId, 'stubborn', 'First.');
    accepted(await engine.deadLetters.retry(theirs.orgId, letterId));
    expect(await fail(theirs.orgId, 'stubborn', `Second\u0000. ${'x'.repeat(2_000)}`)).toBe(letterId);
    const letter = accepted(await engine.deadLetters.list(theirs.orgId, {})).items.find(
      (each) => each.letterId === letterId,
    );
    expect(letter).toMatchObject({ times: 2, state: 'waiting', reason: expect.stringMatching(/^Second\. x+$/) });
  });

  test('queues are shown as the workers last told', async () => {
    const told = { queue: 'search', waiting: 7, active: 2, delayed: 1, failed: 3, done: 40, oldestAgeMs: 1_500 };
    await engine.queues.tell([told]);
    await engine.queues.tell([{ ...told, waiting: 0, failed: 1, done: 2 }]);
    for (const [path, as] of [
      ['/v1/work/queues', ours.admin],
      ['/v1/platform/work/queues', platform],
    ] as const) {
      const { items } = queueList.parse((await call('GET', path, { as })).json);
      expect(items).toMatchObject([{ queue: 'search', waiting: 0, failed: 4, done: 42, oldest_age_ms: 1_500 }]);
    }
    expect((await call('GET', '/v1/work/queues', { as: ours.member })).status).toBe(403);
  });
});

describe('GET /metrics', () => {
  test('tells this machine what waits, what was done and what failed', async () => {
    const { status, text, headers } = await call('GET', '/metrics');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toContain('psephos_queue_jobs{queue="search",state="active"} 2');
    expect(text).toContain('psephos_queue_done_total{queue="search"} 42');
    expect(text).toMatch(/psephos_dead_letters\{queue="search"\} [1-9]/);
    expect(text).toMatch(/^psephos_lanes_ballots_total \d+$/m);
    expect(text).toMatch(/^process_cpu_user_seconds_total /m);
    expect(text).toContain('psephos_database_up 1');
  });

  test('a caller from elsewhere, or behind a proxy, needs the token', async () => {
    const { status, json } = await call('GET', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect([status, json.error_code]).toEqual([401, 'AUTH_001']);
  });
});

describe('npm run dead-letters', () => {
  const run = async (...args: string[]) => {
    const command = runCommandOf('dead-letters', args, { DATABASE_URL: database.ownerUrl });
    const code = await command.ended;
    return { code, out: command.out(), err: command.err() };
  };

  test('lists, runs again, drops, and says what it needs', { timeout: 120_000 }, async () => {
    await superuser`DELETE FROM app.dead_letters`;
    const [one, two] = [await fail(ours.orgId, 'one'), await fail(null, 'two')];
    const listed = await run('list', '--json');
    expect(listed.code, listed.err).toBe(0);
    const letters = listed.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).letterId);
    expect(letters).toEqual([two, one]);
    expect((await run('list', '--org', ours.orgId)).out).toMatch(
      new RegExp(`^${one}  search .*\\n  The index is away.`),
    );
    expect((await run('retry', one)).out).toBe('1 run again as soon as workers see them.\n');
    expect((await superuser`SELECT letter_id FROM app.dead_letters WHERE state = 'again'`)[0]?.letter_id).toBe(one);
    expect((await run('drop', '--all', '--queue', 'search')).out).toBe('2 dropped.\n');
    expect((await run('list')).out).toBe('No dead letters.\n');
    expect((await decisions(ours.orgId)).slice(-2)).toEqual([
      decided('retried', one, 'one', 'operator'),
      decided('dropped', one, 'one', 'operator'),
    ]);
    expect((await decisions(PLATFORM_CHAIN)).at(-1)).toEqual(decided('dropped', two, 'two', 'operator'));
    const wrong = await run('drop');
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('Name one letter, or --all')]);
  });
});
