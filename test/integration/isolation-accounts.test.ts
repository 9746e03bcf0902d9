import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type { Transaction } from '../../engine/db/index.ts';
import { accepted, openEngine } from '../harness/engines.ts';
import { newPerson } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { ROLES } from '../harness/tenant-tables.ts';
import { connectAs, type DatabaseRole } from '../harness/urn.ts';

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());
const engine = await openEngine(database);

/** Tables of persons, and those of nobody that hold the keys of all. */
const OF_PERSONS = [
  'account_identities',
  'account_recovery_codes',
  'account_secrets',
  'account_sessions',
  'account_tokens',
  'notification_preferences',
  'push_subscriptions',
];
const OF_NOBODY = ['oidc_logins', 'server_secrets', 'signing_keys'];
const DOOR_READS = [
  'account_identities',
  'account_secrets',
  'account_sessions',
  'account_tokens',
  'accounts',
  'push_subscriptions',
  ...OF_NOBODY,
];

/** A person with a row in every table, and an organisation. */
async function filled() {
  const { person, email } = await newPerson(engine);
  const { orgId } = accepted(await engine.organisations.create(person, { name: 'Club' }));
  accepted(await engine.signIn.requestMagicLink(email));
  await superuser`INSERT INTO app.account_recovery_codes (account_id, code_hash) VALUES (${person.accountId}, decode(repeat('ab', 32), 'hex'))`;
  await superuser`INSERT INTO app.account_identities (account_id, issuer, subject) VALUES (${person.accountId}, 'https://login.example', ${email})`;
  await superuser`INSERT INTO app.notification_preferences (account_id, kinds, email, delivery, daily_hour, time_zone)
    VALUES (${person.accountId}, '{}', true, 'at_once', 7, 'UTC')`;
  await superuser`INSERT INTO app.push_subscriptions (account_id, endpoint, p256dh, auth)
    VALUES (${person.accountId}, 'https://push.example/x', 'key', 'secret')`;
  return { accountId: person.accountId, orgId };
}
const [a, b] = [await filled(), await filled()];
await superuser`INSERT INTO app.oidc_logins (state_hash, nonce, verifier, expires_at)
  VALUES (decode(repeat('ab', 32), 'hex'), 'nonce', 'verifier', clock_timestamp())`;

interface Context {
  readonly accountId?: string;
  readonly orgId?: string;
}

/** Work of a role in a context; it never stays. */
async function inContext<T>(
  role: DatabaseRole,
  { accountId = '', orgId = '' }: Context,
  work: (tx: Transaction) => Promise<T>,
) {
  const undone = new Error('undone');
  let result: { value: T } | undefined;
  await superuser
    .begin(async (tx) => {
      await tx`SELECT set_config('role', ${role}, true), set_config('app.account_id', ${accountId}, true), set_config('app.org_id', ${orgId}, true)`;
      result = { value: await work(tx) };
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  return (result as { value: T }).value;
}

/** Whose rows a role sees; none where it may not read the table. */
async function owners(role: DatabaseRole, context: Context, table: string): Promise<string[]> {
  return inContext(role, context, async (tx) => {
    const [may] = await tx<{ read: boolean }[]>`
      SELECT has_schema_privilege('app', 'USAGE') AND has_table_privilege(${`app.${table}`}, 'SELECT') AS read`;
    if (!may?.read) return [];
    const rows = await tx<
      { owner: string }[]
    >`SELECT DISTINCT to_jsonb(t) ->> 'account_id' AS owner FROM ${tx(`app.${table}`)} t`;
    return rows.map(({ owner }) => owner);
  });
}

describe('the catalogue', () => {
  test.each([...OF_PERSONS, ...OF_NOBODY, 'accounts'])(
    'app.%s forces row-level security on its owner, and has rows',
    async (table) => {
      const [row] =
        await superuser`SELECT relrowsecurity AS enabled, relforcerowsecurity AS forced FROM pg_class WHERE oid = ${`app.${table}`}::text::regclass`;
      expect(row).toEqual({ enabled: true, forced: true });
      expect((await superuser`SELECT FROM ${superuser(`app.${table}`)}`).length).toBeGreaterThan(0);
    },
  );
});

describe.each(ROLES.filter((role) => role !== 'psephos_door'))('%s', (role) => {
  test.each(OF_PERSONS)('sees in app.%s its own account’s rows at most, and none without naming one', async (table) => {
    const own = await owners(role, { accountId: a.accountId }, table);
    expect(own).toEqual(['psephos_app', 'psephos_owner'].includes(role) ? [a.accountId] : []);
    expect(await owners(role, {}, table)).toEqual([]);
    // not even of its own members, but how they want to be told
    const told = role === 'psephos_app' && table === 'notification_preferences';
    expect(await owners(role, { orgId: a.orgId }, table)).toEqual(told ? [a.accountId] : []);
  });

  test.each(OF_NOBODY)('sees nothing of app.%s', async (table) => {
    for (const context of [{}, { accountId: a.accountId }, { orgId: a.orgId }]) {
      expect(await owners(role, context, table)).toEqual([]);
    }
  });
});

test('accounts: a person sees the own one, an organisation those of its members', async () => {
  expect(await owners('psephos_app', { accountId: a.accountId }, 'accounts')).toEqual([a.accountId]);
  expect(await owners('psephos_app', { orgId: b.orgId }, 'accounts')).toEqual([b.accountId]);
  expect(await owners('psephos_app', {}, 'accounts')).toEqual([]);
});

test('an organisation changes nothing in the accounts of its members', async () => {
  const changed = await inContext(
    'psephos_app',
    { orgId: a.orgId },
    (tx) => tx`UPDATE app.accounts SET display_name = 'taken' RETURNING account_id`,
  );
  expect(changed).toHaveLength(0);
});

test('nothing is written for another account, by the application or the owner', async () => {
  for (const role of ['psephos_app', 'psephos_owner'] as const) {
    const inserting = inContext(
      role,
      { accountId: a.accountId },
      (tx) =>
        tx`INSERT INTO app.account_sessions (account_id, session_id, method, expires_at) VALUES (${b.accountId}, ${randomUUID()}, 'password', now())`,
    );
    await expect(inserting).rejects.toThrow('row-level security');
    const moved = inContext(
      role,
      { accountId: a.accountId },
      (tx) => tx`UPDATE app.account_sessions SET account_id = ${b.accountId}`,
    );
    await expect(moved).rejects.toThrow('row-level security');
    const removed = await inContext(
      role,
      { accountId: a.accountId },
      (tx) => tx`DELETE FROM app.account_sessions WHERE account_id = ${b.accountId} RETURNING session_id`,
    );
    expect(removed).toHaveLength(0);
  }
});

test('memberships are told to their own person alone', async () => {
  const orgs = (accountId: string) =>
    inContext('psephos_app', { accountId }, async (tx) =>
      (await tx<{ org_id: string }[]>`SELECT org_id FROM door.own_memberships()`).map(({ org_id }) => org_id),
    );
  expect([await orgs(a.accountId), await orgs(b.accountId), await orgs('')]).toEqual([[a.orgId], [b.orgId], []]);
});

test('the door reads what it looks up, over all accounts, and nothing else of persons', async () => {
  const read = [];
  for (const table of [...OF_PERSONS, ...OF_NOBODY, 'accounts']) {
    if ((await owners('psephos_door', {}, table)).length > 0) read.push(table);
  }
  expect(read.sort()).toEqual([...DOOR_READS].sort());
});
