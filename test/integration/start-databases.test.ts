import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { newCastKey, PsephosClient, PsephosHttp } from '../../client/index.ts';
import { type OwnServer, type OwnServerOptions, startOwnServer } from '../../loadtest/server.ts';
import type { TallyView } from '../../protocol/tally.ts';
import { makeSharedTempFolder } from '../../sql/embedded/index.ts';
import { endCommands, runCommandOf } from '../harness/command.ts';
import { startPgBouncer } from '../harness/pgbouncer.ts';
import { emptyDatabase } from '../harness/postgres.ts';

const STOP_MS = 10_000;
const VOTERS = 20_000;
const SOCKETS = 20;
/** Voters who wait for their answer at one moment. */
const WAITING = 400;

const direct = await emptyDatabase();
const pooled = await emptyDatabase();
const restricted = await emptyDatabase();
const folder = await makeSharedTempFolder('psephos-start-');
const servers: OwnServer[] = [];

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await endCommands();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: OwnServerOptions): Promise<OwnServer> {
  const server = await startOwnServer(options);
  servers.push(server);
  return server;
}

const httpOf = ({ httpUrl }: OwnServer, secret: string) => new PsephosHttp({ baseUrl: httpUrl, secret });
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** An open motion with so many tokens. */
async function openMotion(http: PsephosHttp, tokens: readonly string[]): Promise<string> {
  const { election_id: electionId } = await http.createElection({
    title: 'A motion',
    method: { method: 'motion', settings: {} },
  });
  await http.issueCredentials(
    electionId,
    tokens.map((token) => ({ hash: hashOf(token) })),
  );
  await http.open(electionId);
  return electionId;
}

async function publishedCodes(http: PsephosHttp, electionId: string): Promise<string[]> {
  const codes: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: { cursor?: string } = cursor === '' ? {} : { cursor };
    const page = await http.ballots(electionId, { ...from, limit: 1_000 });
    codes.push(...page.items.map(({ tracking_code: code }) => code));
    cursor = page.next_cursor;
  }
  return codes;
}

test('SIGTERM under load: what was acknowledged is there, nothing else, and it exits with 0 in time', async () => {
  const dataDir = join(folder, 'loaded');
  const server = await start({ dataDir });
  const apiKey = server.apiKey ?? '';
  const tokens = Array.from({ length: VOTERS }, () => `vt_${randomUUID()}`);
  const electionId = await openMotion(httpOf(server, apiKey), tokens);
  const { wsUrl } = server;
  const clients = await Promise.all(
    Array.from({ length: SOCKETS }, () => PsephosClient.connect({ wsUrl, auth: { apiKey } })),
  );
  const codes = new Map<number, string>();
  let stopping: Promise<number | null> | undefined;
  let stoppedAtMs = 0;
  let next = 0;
  const voteInTurn = async () => {
    for (let voter = next++; voter < VOTERS; voter = next++) {
      const options = { credential: tokens[voter] ?? '', castKey: newCastKey(), deadlineMs: 2_000 };
      const result = await (clients[voter % SOCKETS] as PsephosClient).cast(electionId, { choice: 'yes' }, options);
      if (!result.ok) return;
      codes.set(voter, result.trackingCode);
      if (codes.size < VOTERS / 10 || stopping !== undefined) continue;
      stoppedAtMs = performance.now();
      stopping = server.stop();
      server.kill('SIGTERM'); // service managers tell every process of a group, the bootstrap then tells again
    }
  };
  const voting = Promise.all(Array.from({ length: WAITING }, voteInTurn));
  await expect.poll(() => stopping !== undefined, { timeout: 10_000 }).toBe(true);
  expect(await stopping).toBe(0);
  expect(performance.now() - stoppedAtMs).toBeLessThan(STOP_MS);
  await voting;
  for (const client of clients) client.close();
  expect(codes.size).toBeLessThan(VOTERS);

  const again = await start({ dataDir });
  const http = httpOf(again, apiKey);
  const held = (await http.tally(electionId)).cast ?? 0;
  expect(held).toBeGreaterThanOrEqual(codes.size);
  await http.close(electionId);
  await http.publish(electionId);
  const published = await publishedCodes(http, electionId);
  expect(published).toHaveLength(held);
  expect(new Set(published).size).toBe(held);
  expect([...codes.values()].filter((code) => !published.includes(code))).toEqual([]);
  expect(await again.stop()).toBe(0);
});

// each on a database of its own; what they wait for is the start of processes
test.concurrent('two gateways that start at once on one database make one demo, and one truth', async () => {
  const environment = { DATABASE_URL: direct.ownerUrl };
  const [one, two] = await Promise.all([start({ environment }), start({ environment })]);
  expect([one.apiKey, two.apiKey].filter((key) => key !== null)).toHaveLength(1);
  expect(one.joinCode).toBe(two.joinCode);
  const apiKey = one.apiKey ?? two.apiKey ?? '';
  const tokens = Array.from({ length: 40 }, () => `vt_${randomUUID()}`);
  const electionId = await openMotion(httpOf(one, apiKey), tokens);

  const watcher = await PsephosClient.connect({ wsUrl: two.wsUrl, auth: { apiKey } });
  let seen: TallyView | undefined;
  await watcher.subscribe(`tally:${electionId}`, ({ data }) => {
    seen = data as TallyView;
  });
  const voters = await Promise.all([one, two].map(({ wsUrl }) => PsephosClient.connect({ wsUrl, auth: { apiKey } })));
  const first = tokens.slice(0, 30).map((token, i) => {
    return (voters[i % 2] as PsephosClient).cast(electionId, { choice: 'yes' }, { credential: token });
  });
  expect((await Promise.all(first)).every(({ ok }) => ok)).toBe(true);
  await expect.poll(() => seen?.cast).toBe(30);
  const late = tokens.slice(30).map((token, i) => {
    return (voters[i % 2] as PsephosClient).cast(electionId, { choice: 'no' }, { credential: token });
  });
  const [answers] = await Promise.all([Promise.all(late), httpOf(two, apiKey).close(electionId)]);
  const taken = 30 + answers.filter(({ ok }) => ok).length;
  expect(answers.filter((answer) => !answer.ok && answer.code !== 'BALLOT_004')).toEqual([]);
  await expect.poll(() => [seen?.cast, seen?.final]).toEqual([taken, true]);
  expect((await httpOf(one, apiKey).result(electionId)).count.ballots.cast).toBe(taken);
  for (const client of [watcher, ...voters]) client.close();
  expect(await Promise.all([one.stop(), two.stop()])).toEqual([0, 0]);
});

test.concurrent('everything works through PgBouncer in transaction mode, the migrations included', async () => {
  const bouncer = await startPgBouncer(pooled.ownerUrl);
  try {
    const refused = runCommandOf('start', ['--port', '0', '--ws-port', '0'], { DATABASE_URL: bouncer.url });
    expect(await refused.ended).toBe(1);
    expect(refused.err()).toMatch(/^DATABASE_URL leads through a pooler.* Set JOBS_DATABASE_URL/);
    const environment = { DATABASE_URL: bouncer.url, JOBS_DATABASE_URL: pooled.ownerUrl };
    const server = await start({ environment });
    const replay = runCommandOf(
      'replay',
      ['test/harness/election-files/council.csv', '--json', '--url', server.httpUrl],
      {
        PSEPHOS_API_KEY: server.apiKey ?? '',
      },
    );
    expect(await replay.ended, replay.err()).toBe(0);
    expect(await server.stop()).toBe(0);
  } finally {
    await bouncer.stop();
  }
});

test('npm run migrate as the owner, then npm start as a login that may do nothing but act as psephos_app', async () => {
  const gateway = `gateway_${restricted.name}`;
  const sql = postgres(restricted.ownerUrl, { max: 1, onnotice: () => {} });
  await sql.unsafe(`CREATE ROLE ${gateway} LOGIN PASSWORD 'gw'`);
  await sql.end();
  const as = (user: string, password: string) => {
    const url = new URL(restricted.ownerUrl);
    url.username = user;
    url.password = password;
    return url.href;
  };
  const DATABASE_URL = as(gateway, 'gw');
  try {
    const early = runCommandOf('start', ['--port', '0', '--ws-port', '0'], { DATABASE_URL });
    expect(await early.ended).toBe(1);
    expect(early.err()).toMatch(/^DATABASE_URL: .*DATABASE_OWNER_URL/);

    const migrated = runCommandOf('migrate', [], { DATABASE_URL, DATABASE_OWNER_URL: restricted.ownerUrl });
    expect(await migrated.ended, migrated.err()).toBe(0);
    expect(migrated.out()).toContain(`${gateway} may act as psephos_app and psephos_worker`);
    const repeated = runCommandOf('migrate', [], { DATABASE_OWNER_URL: restricted.ownerUrl });
    expect(await repeated.ended).toBe(0);
    expect(repeated.out()).toContain('Nothing to do');

    const server = await start({ environment: { DATABASE_URL } });
    expect(server.apiKey).toBeNull();
    expect(await new PsephosHttp({ baseUrl: server.httpUrl }).ready()).toMatchObject({ status: 'ready' });
    // with these rights alone the workers work
    const told = async () =>
      (await (await fetch(`${server.httpUrl}/metrics`)).text()).includes('psephos_queue_jobs{queue="webhooks"');
    await expect.poll(told, { timeout: 20_000 }).toBe(true);
    expect(server.log()).not.toMatch(/"level":[456]0/);
    expect(await server.stop()).toBe(0);
  } finally {
    const end = postgres(restricted.ownerUrl, { max: 1, onnotice: () => {} });
    await end.unsafe(`DROP OWNED BY ${gateway}; DROP ROLE ${gateway}`);
    await end.end();
  }
});
