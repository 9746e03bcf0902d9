import { afterAll, describe, expect, test } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { ROLES } from '../harness/tenant-tables.ts';
import { fillOrganisation } from '../harness/two-organisations.ts';
import { connectAs, type DatabaseRole } from '../harness/urn.ts';

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
const engine = await createEngine({ url: database.ownerUrl });
const { orgId, openElectionId } = await fillOrganisation(engine, superuser);
const clients = new Map(ROLES.map((role) => [role, connectAs(database.ownerUrl, role)]));
afterAll(() => Promise.all([engine.close(), superuser.end(), ...[...clients.values()].map((sql) => sql.end())]));

/** Runs a statement as a role in the organisation's context; it never stays. */
async function attempt(role: DatabaseRole, text: string): Promise<string> {
  const sql = clients.get(role);
  if (sql === undefined) throw new Error(`no client for ${role}`);
  const undone = new Error('undone');
  try {
    await sql.begin(async (tx) => {
      await tx`SELECT set_config('app.org_id', ${orgId}, true)`;
      await tx.unsafe(text);
      throw undone;
    });
  } catch (error) {
    return error === undone ? 'done' : (error as Error).message;
  }
  throw new Error('the transaction was committed');
}

/** Which roles hold a privilege on a table as a whole or on any of its columns: 'role table'. */
async function holders(privileges: readonly string[], schemas: readonly string[]): Promise<string[]> {
  const rows = await superuser<{ held: string }[]>`
    SELECT DISTINCT r.rolname || ' ' || c.oid::regclass::text AS held
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN pg_roles r CROSS JOIN unnest(string_to_array(${privileges.join()}, ',')) p
    WHERE n.nspname = ANY (string_to_array(${schemas.join()}, ',')) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND r.rolname = ANY (string_to_array(${ROLES.join()}, ',')) AND r.oid <> c.relowner
      AND (has_table_privilege(r.oid, c.oid, p)
        OR p IN ('SELECT', 'INSERT', 'UPDATE') AND has_any_column_privilege(r.oid, c.oid, p))
    ORDER BY held`;
  return rows.map(({ held }) => held);
}

const WRITES = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'];
const ours = (held: readonly string[], role: DatabaseRole) =>
  held.filter((each) => each.startsWith(`${role} `)).map((each) => each.slice(role.length + 1));

describe('the urn', () => {
  test('is nobody’s but its owner’s: no role has any privilege on any of its tables, open inboxes included', async () => {
    expect(await holders(['SELECT', 'REFERENCES', 'TRIGGER', ...WRITES], ['urn'])).toEqual([]);
  });

  test('the application cannot read so much as xmin of it', async () => {
    const inbox = `urn.inbox_${openElectionId.replaceAll('-', '')}`;
    for (const table of ['urn.credential', 'urn.box', 'urn.tally_snapshot', 'urn.fallback_key', inbox]) {
      for (const column of ['xmin', 'ctid', 'count(*)', '*']) {
        expect(await attempt('psephos_app', `SELECT ${column} FROM ${table}`)).toContain('permission denied for table');
      }
    }
  });

  test('its owner can log in nowhere, and no role inherits from another', async () => {
    const roles = await superuser`SELECT rolname FROM pg_roles
      WHERE rolname = ANY (string_to_array(${ROLES.join()}, ',')) AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`;
    expect(roles).toHaveLength(0);
    const members =
      await superuser`SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ANY (string_to_array(${ROLES.join()}, ','))`;
    expect(members).toHaveLength(0);
  });
});

/** Functions that are not the application's. */
const BY_OTHERS: Readonly<Record<string, string>> = {
  'door.changes_behind': 'psephos_worker', // the relay asks
  'door.note_search_changes': 'psephos_owner', // of a trigger: whoever makes the triggers
  'door.note_search_locale': 'psephos_owner',
  'door.note_campaign_ideas': 'psephos_owner',
  'door.note_tagged_ideas': 'psephos_owner',
  'door.note_submitted_ideas': 'psephos_owner',
  'app.analyse_most_changed': 'psephos_urn', // of its own tables; asked through urn.refresh_statistics
  'app.search_configuration': 'psephos_app, psephos_door', // documents are made by either; it knows names of languages only
};

describe('functions', () => {
  interface Routine {
    readonly name: string;
    readonly executors: string;
    readonly definer: boolean;
    readonly guarded: boolean;
  }
  /** What policies ask, so that every role may. */
  const POLICIES = ['app.current_account', 'app.current_org'];
  const routines = () => superuser<Routine[]>`
    SELECT p.oid::regproc::text AS name, p.prosecdef AS definer,
      coalesce(p.proconfig @> '{"search_path=pg_catalog, pg_temp"}', false) AS guarded,
      (SELECT string_agg(coalesce(r.rolname, 'PUBLIC'), ', ' ORDER BY r.rolname)
       FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a LEFT JOIN pg_roles r ON r.oid = a.grantee
       WHERE a.grantee <> p.proowner) AS executors
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('app', 'urn', 'door') ORDER BY 1`;

  test('none may be executed by PUBLIC, and of the roles by the application alone', async () => {
    const open = (await routines()).filter(({ executors, name }) => executors !== null && !POLICIES.includes(name));
    for (const { name, executors } of open) {
      expect({ name, executors }).toEqual({ name, executors: BY_OTHERS[name] ?? 'psephos_app' });
    }
    expect(open.length).toBeGreaterThan(10);
    const asked = (await routines()).filter(({ name }) => POLICIES.includes(name));
    expect(asked).toHaveLength(POLICIES.length);
    for (const { executors } of asked) expect(executors).not.toContain('PUBLIC');
  });

  test('those that run with their owner’s rights look names up nowhere but in the catalogue', async () => {
    const exposed = (await routines()).filter(({ definer, guarded }) => definer && !guarded);
    expect(exposed).toEqual([]);
  });

  test.each([
    'urn.announce(gen_random_uuid(), gen_random_uuid(), $$election.ballots$$, $${}$$)',
    'urn.inbox_ballots(gen_random_uuid(), 0, 1)',
    'urn.make_inbox(gen_random_uuid())',
    'urn.inbox_of(gen_random_uuid())',
    'urn.enrol(gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), NULL)',
    'urn.attendee_credential(gen_random_uuid(), gen_random_uuid())',
  ])('the application cannot call %s', async (call) => {
    expect(await attempt('psephos_app', `SELECT ${call}`)).toContain('permission denied for function');
  });

  test('the application announces nothing that is the urn’s to announce', async () => {
    for (const kind of ['election.ballots', 'election.closed', 'election.opened', 'anything']) {
      const call = `SELECT urn.append_log('${orgId}', '${openElectionId}', '${kind}', '{"size": 7}')`;
      expect(await attempt('psephos_app', call)).toContain('the application may not announce');
    }
  });
});

describe('the log', () => {
  test('nobody but its owner may change or remove a row; the urn may add', async () => {
    const [all] = [await holders(WRITES, ['app'])];
    expect(all.filter((held) => / app\.log(_\d{4}_\d\d|_default)?$/.test(held))).toEqual(['psephos_urn app.log']);
    for (const role of ROLES.filter((each) => each !== 'psephos_owner')) {
      const statements = ["UPDATE app.log SET kind = 'forged'", 'DELETE FROM app.log', 'TRUNCATE app.log'];
      for (const statement of statements) expect(await attempt(role, statement)).toContain('permission denied');
      if (role === 'psephos_urn') continue;
      const insert = `INSERT INTO app.log (org_id, pos, topic, kind, payload) VALUES ('${orgId}', 9, gen_random_uuid(), 'x', '{}')`;
      expect(await attempt(role, insert)).toContain('permission denied');
    }
    expect(await attempt('psephos_owner', 'DELETE FROM app.log')).toBe('done');
  });

  test('its partitions have no doors of their own', async () => {
    const held = await holders(['SELECT', ...WRITES], ['app']);
    expect(held.filter((each) => / app\.log_(default|\d{4}_\d\d)$/.test(each))).toEqual([]);
  });
});

describe('what each role may do', () => {
  test('the worker reads the log, and writes what belongs to jobs and nothing else', async () => {
    const jobs = ['app.consumer_cursors', 'app.dead_letters', 'app.queue_stats', 'app.relay_cursors'];
    const everywhere = ['app', 'urn', 'door', 'history'];
    const read = ours(await holders(['SELECT'], everywhere), 'psephos_worker');
    expect(read).toEqual([...jobs, 'app.epoch', 'app.log', 'app.log_head', 'app.webhook_cursors'].sort());
    expect(ours(await holders(WRITES, everywhere), 'psephos_worker')).toEqual(jobs.slice(1));
    expect(await attempt('psephos_worker', 'SELECT * FROM app.members')).toContain('permission denied');
  });

  test('jobs are for the worker alone, who may make nothing beside them', async () => {
    expect(await attempt('psephos_worker', 'SELECT count(*) FROM jobs.job')).toBe('done');
    expect(await attempt('psephos_worker', 'CREATE TABLE jobs.more (id integer)')).toContain('permission denied');
    for (const role of ['psephos_app', 'psephos_auditor', 'psephos_door', 'psephos_urn'] as const) {
      expect(await attempt(role, 'SELECT count(*) FROM jobs.job')).toContain('permission denied');
    }
  });

  test('the auditor reads, and writes nothing', async () => {
    const everywhere = ['app', 'urn', 'door', 'history'];
    expect(ours(await holders(WRITES, everywhere), 'psephos_auditor')).toEqual([]);
    expect(ours(await holders(['SELECT'], everywhere), 'psephos_auditor')).toContain('app.results');
    expect(await attempt('psephos_auditor', 'SELECT session_hash FROM app.attendee_sessions')).toContain(
      'permission denied',
    );
    expect(await attempt('psephos_auditor', 'SELECT name, joined_at FROM app.attendees')).toBe('done');
  });

  test('the application cannot set the state of an election, nor forge its dates', async () => {
    for (const change of [
      "state = 'published'",
      'sealed_at = now()',
      'closed_at = NULL',
      'changed_pos = 0',
      "secrecy = 'named'",
      'secret_step = 1',
    ]) {
      expect(await attempt('psephos_app', `UPDATE app.elections SET ${change}`)).toContain('permission denied');
    }
    expect(await attempt('psephos_app', 'UPDATE app.results SET result = NULL')).toContain('permission denied');
    expect(await attempt('psephos_app', 'DELETE FROM app.elections')).toContain('permission denied');
    expect(await attempt('psephos_app', 'INSERT INTO app.electoral_roll SELECT * FROM app.electoral_roll')).toContain(
      'permission denied',
    );
  });

  test('the application reads no mail and no secret of a webhook', async () => {
    for (const statement of [
      'SELECT data FROM app.mails',
      'UPDATE app.mails SET data = NULL',
      'SELECT secret FROM app.webhooks',
      'SELECT previous_secret FROM app.webhooks',
      'INSERT INTO app.webhooks SELECT * FROM app.webhooks RETURNING secret',
    ]) {
      expect(await attempt('psephos_app', statement)).toContain('permission denied');
    }
    expect(await attempt('psephos_auditor', 'SELECT body FROM app.webhook_deliveries')).toContain('permission denied');
  });

  test('the application makes nobody an administrator of the platform, and removes no account', async () => {
    for (const statement of [
      'UPDATE app.accounts SET platform_admin = true',
      "INSERT INTO app.accounts (account_id, display_name, platform_admin) VALUES (gen_random_uuid(), 'Eve', true)",
      'DELETE FROM app.accounts',
    ]) {
      expect(await attempt('psephos_app', statement)).toContain('permission denied');
    }
  });

  test('the auditor learns of accounts no more than their names', async () => {
    expect(await attempt('psephos_auditor', 'SELECT account_id, display_name FROM app.accounts')).toBe('done');
    for (const table of ['accounts', 'account_secrets', 'account_sessions', 'account_tokens', 'account_identities']) {
      expect(await attempt('psephos_auditor', `SELECT * FROM app.${table}`)).toContain('permission denied');
    }
  });

  test('the application makes no tables, functions or schemas', async () => {
    for (const statement of ['CREATE TABLE app.mine ()', 'CREATE TABLE public.mine ()', 'CREATE SCHEMA mine']) {
      expect(await attempt('psephos_app', statement)).toContain('permission denied');
    }
  });

  test('the door changes nothing but what it takes in, counts, hands to senders and erases', async () => {
    expect(ours(await holders(WRITES, ['app', 'urn', 'history']), 'psephos_door')).toEqual([
      'app.account_secrets',
      'app.account_sessions',
      'app.account_tokens',
      'app.accounts',
      'app.attendee_sessions',
      'app.audit_archives',
      'app.audit_chains',
      'app.audit_checks',
      'app.audit_details',
      'app.audit_entries',
      'app.audit_erasures',
      'app.audit_heads',
      'app.audit_keys',
      'app.audit_staged',
      'app.idempotency_keys',
      'app.mails',
      'app.member_imports',
      'app.member_lexicon',
      'app.notification_events',
      'app.notifications',
      'app.oidc_logins',
      'app.pictures',
      'app.presence',
      'app.push_messages',
      'app.push_subscriptions',
      'app.rate_limits',
      'app.search_dirty', // what it changes in audited tables is searched for too
      'app.server_secrets',
      'app.signing_keys',
      'app.socket_tickets',
      'app.upkeep_tasks',
      'app.usage',
      'app.webhook_deliveries',
      'app.webhooks',
    ]);
    for (const proven of ['app.accounts', 'app.pictures']) {
      const [row] = await superuser`SELECT qual FROM pg_policies WHERE policyname = 'door_erases'
        AND schemaname || '.' || tablename = ${proven}`;
      expect(row?.qual).toMatch(/(email_verified_at|used_at) IS NULL/); // what is proven or used is out of its reach
    }
    expect(await attempt('psephos_door', "UPDATE app.socket_tickets SET identity = '{}'")).toContain(
      'permission denied',
    );
  });
});
