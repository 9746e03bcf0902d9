import { hash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { holesBetween, tenantTables } from '../harness/tenant-tables.ts';
import { accepted, fillOrganisation, identified } from '../harness/two-organisations.ts';
import { connectAs } from '../harness/urn.ts';

/** Tables that belong to no organisation. A table that is missing here must have org_id. */
const WITHOUT_ORGANISATION = [
  // of persons: isolation-accounts.test.ts holds them apart
  'app.account_identities',
  'app.account_recovery_codes',
  'app.account_secrets',
  'app.account_sessions',
  'app.account_tokens',
  'app.accounts',
  'app.audit_keys', // sign the heads of every chain
  'app.epoch',
  'app.notification_preferences',
  'app.oidc_logins',
  'app.push_subscriptions',
  'app.queue_stats', // figures over all organisations
  'app.rate_limits', // counts attempts before anybody is known; keys are hashes
  'app.server_secrets',
  'app.signing_keys',
];

/** Who may read over organisations, and why. */
const PERMITTED = new Set([
  // follows every organisation's log
  'psephos_worker app.log',
  'psephos_worker app.log_head',
  // makes every organisation's log into jobs, and puts away those that failed
  'psephos_worker app.relay_cursors',
  'psephos_worker app.consumer_cursors',
  'psephos_worker app.dead_letters',
  'psephos_worker app.webhook_cursors',
  // looks up what comes in before an organisation is known, through its functions alone
  'psephos_door app.api_keys',
  'psephos_door app.attendees',
  'psephos_door app.attendee_sessions',
  'psephos_door app.elections',
  'psephos_door app.log_head',
  'psephos_door app.mails',
  'psephos_door app.meetings',
  'psephos_door app.pictures', // browsers ask for pictures without a secret
  'psephos_door app.member_invitations',
  'psephos_door app.socket_tickets',
  // counts what platform administrators are billed by, and tells gateways who has lost access
  'psephos_door app.log',
  'psephos_door app.quotas',
  'psephos_door app.usage',
  // when what was last done by the clock, and answers that are too old
  'psephos_door app.upkeep_tasks',
  'psephos_door app.idempotency_keys',
  // tells a person their own memberships
  'psephos_door app.members',
  'psephos_door app.organisations',
  // tells which chains have something to take in, and where each was signed last
  'psephos_door app.audit_chains',
  'psephos_door app.audit_heads',
  'psephos_door app.audit_staged',
  // compares words by likeness, within the organisation that the transaction has named
  'psephos_door app.member_lexicon',
  // searches the organisation that the transaction has named, and tells the workers where something waits
  'psephos_door app.search_dirty',
  'psephos_door app.search_documents',
  'psephos_door app.search_lexicon',
  'psephos_door app.search_outbox',
  'psephos_door app.search_retries',
  // erases words of the lexicon that no member has any more
  'psephos_door app.member_words',
  // erases lists past their time
  'psephos_door app.presence',
  'psephos_door app.member_imports',
  // shows a person their inbox over all organisations, and tells senders what is due in any
  'psephos_door app.notification_events',
  'psephos_door app.notifications',
  'psephos_door app.push_messages',
  // starts and ends campaigns by their dates in any organisation, and shows ideas that may be embedded to anybody
  'psephos_door app.campaigns',
  'psephos_door app.coin_policies',
  'psephos_door app.campaign_members',
  'psephos_door app.ideas',
  'psephos_door app.idea_tags',
  'psephos_door app.idea_totals',
  // takes mails and webhooks of whatever organisation for their senders
  'psephos_door app.webhook_deliveries',
  'psephos_door app.webhooks',
]);

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
const engine = await createEngine({ url: database.ownerUrl });
const a = await fillOrganisation(engine, superuser);
const b = await fillOrganisation(engine, superuser);
afterAll(() => Promise.all([engine.close(), superuser.end()]));

describe('the catalogue', () => {
  test('every table has org_id, or stands on the list of those that belong to nobody', async () => {
    const bare = (await tenantTables(superuser)).filter(({ hasOrgId }) => !hasOrgId);
    expect(bare.map(({ name }) => name)).toEqual(WITHOUT_ORGANISATION);
  });

  test('knows partitions and inboxes one by one', async () => {
    const names = (await tenantTables(superuser)).map(({ name }) => name);
    expect(names).toContain('app.log_default');
    expect(names.filter((name) => /^app\.audit_(entries|details)_\d{4}_\d\d$/.test(name))).toHaveLength(6);
    expect(names.filter((name) => /^app\.log_\d{4}_\d\d$/.test(name))).toHaveLength(3);
    for (const { openElectionId } of [a, b]) expect(names).toContain(`urn.inbox_${openElectionId.replaceAll('-', '')}`);
  });

  test('no view, which would read with its owner’s eyes', async () => {
    expect(
      await superuser`SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('app', 'urn', 'door') AND c.relkind IN ('v', 'm')`,
    ).toHaveLength(0);
  });
});

describe('between two organisations', () => {
  test.each([
    ['A', a, b],
    ['B', b, a],
  ])('every role, in the context of %s and without any, sees nothing of the other', async (_, own, other) => {
    expect(await holesBetween(superuser, own.orgId, other.orgId, PERMITTED)).toEqual([]);
  });

  test('every exception is needed: without the list the checker names exactly these', async () => {
    const holes = await holesBetween(superuser, a.orgId, b.orgId, new Set());
    const named = holes
      .map((hole) => /^(\w+) sees rows of others in (\S+)$/.exec(hole))
      .filter((match) => match !== null);
    expect(new Set(named.map(([, role, table]) => `${role} ${table}`))).toEqual(PERMITTED);
  });

  test('nothing is written for another organisation, not even by the owner', async () => {
    for (const role of ['psephos_app', 'psephos_owner'] as const) {
      const sql = connectAs(database.ownerUrl, role);
      const writing = sql.begin(async (tx) => {
        await tx`SELECT set_config('app.org_id', ${a.orgId}, true)`;
        await tx`INSERT INTO app.members (org_id, member_id, number, name) VALUES (${b.orgId}, ${randomUUID()}, '2', 'Eve')`;
      });
      await expect(writing).rejects.toThrow('row-level security');
      const changed = await sql.begin(async (tx) => {
        await tx`SELECT set_config('app.org_id', ${a.orgId}, true)`;
        return tx`UPDATE app.meetings SET title = 'taken' WHERE org_id = ${b.orgId} RETURNING title`;
      });
      expect(changed).toHaveLength(0);
      await sql.end();
    }
  });

  test('accounts are seen by the organisations that their persons are members of', async () => {
    const sql = connectAs(database.ownerUrl, 'psephos_app');
    const seen = (orgId: string) =>
      sql.begin(async (tx) => {
        await tx`SELECT set_config('app.org_id', ${orgId}, true)`;
        return tx<{ account_id: string }[]>`SELECT account_id FROM app.accounts`;
      });
    const [ofA, ofB, ofNobody] = [await seen(a.orgId), await seen(b.orgId), await seen('')];
    expect([ofA.length, ofB.length, ofNobody.length]).toEqual([1, 1, 0]);
    expect(ofA[0]?.account_id).not.toBe(ofB[0]?.account_id);
    await sql.end();
  });
});

describe('the door', () => {
  const app = connectAs(database.ownerUrl, 'psephos_app');
  afterAll(() => app.end());
  const sha256 = (secret: string) => hash('sha256', secret, 'buffer');

  test.each([
    ['A', a],
    ['B', b],
  ])('finds what came in for %s, the one row, before any organisation is named', async (_, { orgId, ...held }) => {
    const { ticket } = accepted(
      await engine.accounts.issueSocketTicket(identified(await engine.accounts.authenticate(held.session))),
    );
    const found = [
      await app`SELECT org_id FROM door.find_api_key(${sha256(held.apiKey)})`,
      await app`SELECT org_id FROM door.find_session(${sha256(held.session)})`,
      await app`SELECT org_id FROM door.find_meeting(${held.joinCode})`,
      await app`SELECT org_id FROM door.log_heads(${`{${orgId}}`}::text::uuid[])`,
      await app`SELECT org_id FROM door.redeem_ticket(${sha256(ticket)})`,
    ];
    expect(found).toEqual(found.map(() => [{ org_id: orgId }]));
    expect(await app`SELECT FROM door.redeem_ticket(${sha256(ticket)})`).toHaveLength(0);
    expect(await app`SELECT FROM door.find_api_key(${sha256('another')})`).toHaveLength(0);
  });
});

describe('a new table', () => {
  afterEach(() => superuser`DROP TABLE IF EXISTS app.novelty`);

  /** As a migration might make it, with rows of both organisations. */
  async function makeTable(...statements: string[]): Promise<string[]> {
    await superuser`CREATE TABLE app.novelty (org_id uuid NOT NULL)`;
    await superuser`INSERT INTO app.novelty VALUES (${a.orgId}), (${b.orgId})`;
    await superuser`ALTER TABLE app.novelty OWNER TO psephos_owner`;
    await superuser`GRANT SELECT ON app.novelty TO psephos_app`;
    for (const statement of statements) await superuser.unsafe(statement);
    return holesBetween(superuser, a.orgId, b.orgId, PERMITTED);
  }
  const ENABLE = 'ALTER TABLE app.novelty ENABLE ROW LEVEL SECURITY';
  const FORCE = 'ALTER TABLE app.novelty FORCE ROW LEVEL SECURITY';
  const POLICY = 'CREATE POLICY own_organisation ON app.novelty USING (org_id = (SELECT app.current_org()))';

  test('without row-level security is found, by its flag and by what roles see', async () => {
    expect(await makeTable()).toEqual(
      expect.arrayContaining([
        'app.novelty has no row-level security',
        'app.novelty has no policy',
        'psephos_app sees rows of others in app.novelty',
        'psephos_app sees rows in app.novelty without naming an organisation',
      ]),
    );
  });

  test('that does not force it on its owner is found', async () => {
    expect(await makeTable(ENABLE, POLICY)).toEqual([
      'app.novelty does not force row-level security on its owner',
      'psephos_owner sees rows of others in app.novelty',
      'psephos_owner sees rows in app.novelty without naming an organisation',
    ]);
  });

  test('without a policy is found', async () => {
    expect(await makeTable(ENABLE, FORCE)).toEqual([
      'app.novelty has no policy',
      "psephos_owner does not see the own organisation's rows in app.novelty",
    ]);
  });

  test('with a policy that lets too much through is found', async () => {
    expect(await makeTable(ENABLE, FORCE, 'CREATE POLICY all_rows ON app.novelty USING (true)')).toContain(
      'psephos_app sees rows of others in app.novelty',
    );
  });

  test('as the house wants it passes; an empty one proves nothing and does not', async () => {
    expect(await makeTable(ENABLE, FORCE, POLICY)).toEqual([]);
    await superuser`TRUNCATE app.novelty`;
    expect(await holesBetween(superuser, a.orgId, b.orgId, PERMITTED)).toContain(
      'app.novelty lacks rows of the two organisations',
    );
  });
});
