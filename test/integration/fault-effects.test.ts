import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { proveEngine } from '../../cli/fault-proof.ts';
import { createLogger } from '../../gateway/logging.ts';
import { auditDeliveries } from '../../loadtest/fault/deliveries-auditor.ts';
import { giveBrowsers } from '../../loadtest/fault/deliveries-queries.ts';
import { auditEffects } from '../../loadtest/fault/effects-auditor.ts';
import { auditChanges, auditLog } from '../../workers/audit.ts';
import { startWorkers, type Workers } from '../../workers/index.ts';
import { notifyLog } from '../../workers/notify.ts';
import { searchChanges } from '../../workers/search.ts';
import { auditPlace } from '../harness/audit-place.ts';
import { accepted, castOf, newOrganisation, newVoters, openElection, openEngine } from '../harness/engines.ts';
import { newMembers } from '../harness/meeting.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

/** The auditor of `npm run fault -- --workers`, held against real workers, and against what workers must never do. */

const SETTLE_MS = 30_000;
/** Longer than figures of queues are old, 2 s. */
const NEVER_SETTLES_MS = 4_000;

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
const engine = await openEngine(database);
const audit = auditPlace();
let workers: Workers;
let orgId = '';
let electionId = '';

beforeAll(async () => {
  const logger = createLogger({ level: 'silent' });
  const settings = { mail: null, webhookAllowPrivate: true, jobs: { databaseUrl: database.ownerUrl }, audit };
  // the queues that are judged alone: each takes three connections of a server that other tests use as well
  const queues = [auditLog, auditChanges, searchChanges, notifyLog];
  workers = await startWorkers(engine, settings, logger, { queues });
  orgId = await newOrganisation(engine);
  await newMembers(engine, orgId, ['Ada', 'Grace', 'Hedy']);
  const voters = newVoters(2);
  const election = await openElection(engine, orgId, voters, { title: 'Lighthouse' });
  electionId = election.electionId;
  for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
  const { meetingId } = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'test'));
  accepted(await engine.invitees.invite(orgId, meetingId, null, 'test'));
});
afterAll(async () => {
  await workers.stop();
  await superuser.end();
});

const judge = (settleMs: number) => auditEffects(superuser, () => proveEngine(database.ownerUrl, null), null, settleMs);

test('workers of the product pass', { timeout: 60_000 }, async () => {
  const { findings, seen } = await judge(SETTLE_MS);
  expect(findings).toEqual([]);
  expect(seen).toEqual({ batches: 2, invitations: 3, mails: 0, pushes: 0 });
});

test('what is missing, stuck, given up or there twice is found, each by its name', { timeout: 60_000 }, async () => {
  await superuser.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`; // past the triggers that guard chains
    // notifications: one of three is gone, another was told again
    const [gone, again] = await tx<{ member_id: string; event: string }[]>`
      SELECT member_id, event FROM app.notifications ORDER BY member_id`;
    await tx`DELETE FROM app.notifications WHERE member_id = ${gone?.member_id ?? ''}`;
    await tx`INSERT INTO app.notification_events SELECT (jsonb_populate_record(e, '{"event": "again"}')).*
      FROM app.notification_events e WHERE event = ${again?.event ?? ''}`;
    await tx`INSERT INTO app.notifications (org_id, event, member_id, in_app)
      VALUES (${orgId}, 'again', ${again?.member_id ?? ''}, false)`;
    // the search: one document differs, another is of nothing
    await tx`UPDATE app.search_documents SET title = 'Planted' WHERE org_id = ${orgId} AND id = ${electionId}`;
    await tx`INSERT INTO app.search_documents SELECT (jsonb_populate_record(d, jsonb_build_object('id', ${randomUUID()}::text))).*
      FROM app.search_documents d WHERE org_id = ${orgId} AND id = ${electionId}`;
    await tx`INSERT INTO app.dead_letters (org_id, queue, job_id, job_name, payload, reason, attempts)
      VALUES (${orgId}, 'notify', 'planted', 'notify', '{}', 'It was planted.', 3)`;
    await tx`INSERT INTO app.queue_stats (queue, waiting, active, delayed, failed, done, oldest_age_ms, measured_at)
      VALUES ('stuck', 0, 1, 0, 0, 0, 0, clock_timestamp() + interval '1 day')`;
    await tx`INSERT INTO app.consumer_cursors (org_id, consumer, pos) VALUES (${orgId}, 'laggard', 0)`;
    await tx`UPDATE app.consumer_cursors SET pos = 0 WHERE org_id = ${orgId} AND consumer = 'audit'`;
  });
  await engine.audit.chain({ orgId, from: 1, to: await engine.feed.pos(orgId) }); // a second time
  const { findings } = await judge(NEVER_SETTLES_MS);
  const found = (kind: string) => findings.filter((finding) => finding.kind === kind).map(({ what }) => what);
  for (const missing of [
    /^\d+ log rows that "laggard" has not taken in$/,
    /^1 jobs of the queue "stuck" that wait or are in work$/,
    /^nobody told of it: member /,
    new RegExp(`^postgresql: differs: elections ${electionId}$`),
    /^dead letter of notify, job planted, 3 attempts: It was planted\.$/,
    /^the chain of .* is broken: ballots: /,
  ]) {
    expect(found('missing')).toContainEqual(expect.stringMatching(missing));
  }
  for (const doubled of [/^told again: member /, /^chained again: elections\//, /^postgresql: left over: elections /]) {
    expect(found('doubled')).toContainEqual(expect.stringMatching(doubled));
  }
});

test('mails and pushes that have not arrived, and copies that no fault explains, are found', async () => {
  await superuser`UPDATE app.members SET email = 'm' || number || '@example.org' WHERE org_id = ${orgId}`;
  const browser = { endpoint: 'http://127.0.0.1:9/', p256dh: 'key', auth: 'auth' };
  await giveBrowsers(superuser, browser);
  const notifications = await superuser<{ id: string; account: string; mail: string }[]>`
    UPDATE app.notifications n SET account_id = m.account_id FROM app.members m
    WHERE n.org_id = ${orgId} AND m.org_id = n.org_id AND m.member_id = n.member_id AND n.event <> 'again'
    RETURNING n.notification_id AS id, m.account_id AS account, gen_random_uuid() AS mail`;
  const [first, second] = notifications as unknown as Record<'id' | 'account' | 'mail', string>[];
  if (first === undefined || second === undefined) throw new Error('two members were told');
  for (const { id, mail } of notifications) {
    await superuser`INSERT INTO app.mails (org_id, mail_id, key, recipient, locale, template, priority, status, expires_at, settled_at)
      VALUES (${orgId}, ${mail}, ${`notification:${id}`}, 'm@example.org', 'en', 'notification', 5, 'sent', clock_timestamp(), clock_timestamp())`;
  }
  const found = async (mails: [string, number][], pushes: [string, number][], faults: number) => {
    const received = {
      mails: new Map(mails),
      pushes: new Map(pushes.map(([account, times]) => [`/${account}`, times])),
    };
    const { missing, doubled } = await auditDeliveries(superuser, received, faults);
    return [...missing.map((what) => `missing: ${what}`), ...doubled.map((what) => `doubled: ${what}`)].sort();
  };
  const each = (of: 'mail' | 'account') => notifications.map((told) => [told[of], 1] as [string, number]);
  const told = new Set(notifications.map(({ id }) => id));
  const others = (await superuser<{ id: string }[]>`SELECT notification_id AS id FROM app.notifications`)
    .filter(({ id }) => !told.has(id))
    .map(({ id }) => `missing: notification ${id} has no mail`);
  expect(await found(each('mail'), each('account'), 0)).toEqual(others);
  const stranger = randomUUID();
  expect(
    await found(
      [
        [stranger, 1],
        [second.mail, 7],
      ],
      [[second.account, 30]],
      1,
    ),
  ).toEqual(
    [
      `doubled: 28 copies of pushes after 1 faults`,
      `doubled: 6 copies of mails after 1 faults`,
      `doubled: a mail arrived that nobody has queued: ${stranger}`,
      `missing: a push to account ${first.account} has not arrived`,
      `missing: the mail ${first.mail} is said to be sent and has not arrived`,
      ...others,
    ].sort(),
  );
});

test('a batch that no entry names is found', { timeout: 60_000 }, async () => {
  await superuser.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`DELETE FROM app.audit_entries WHERE act = 'ballots.cast' AND org_id = ${orgId}`;
  });
  const { findings } = await judge(0);
  const unchained = findings.filter(({ what }) => /^batch [0-9a-f-]{36} at \d+ is not in its audit chain$/.test(what));
  expect(unchained).toHaveLength(2);
});
