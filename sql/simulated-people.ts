import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A member of an organisation who is signed in and whom nobody has met. */
export interface SimulatedMember {
  readonly memberId: string;
  readonly accountId: string;
  readonly sessionId: string;
  readonly name: string;
}

/** Long enough for any demo or replay; then nothing is left by which somebody could act for them. */
const SESSION_HOURS = 24;

/**
 * Makes members with accounts that nobody can sign in to, and a session for each, all at once: passwords and mails of
 * thousands would take minutes. For demos and replays of who runs the installation.
 * @param ownerUrl who migrated
 * @param names one a member
 */
export async function addSimulatedMembers(
  ownerUrl: string,
  orgId: string,
  names: readonly string[],
): Promise<SimulatedMember[]> {
  const batch = randomUUID().slice(0, 8);
  const people = names.map((name, at) => ({
    memberId: randomUUID(),
    accountId: randomUUID(),
    sessionId: randomUUID(),
    number: `sim-${batch}-${at + 1}`,
    name,
  }));
  await inOrganisation(ownerUrl, orgId, async (client) => {
    await client.query("SELECT set_config('app.simulated', $1, true)", [JSON.stringify(people)]);
    await client.query('SET LOCAL ROLE psephos_owner');
    // an account is written in its own context alone: one after the other, without a round trip for each
    await client.query(`DO $$
      DECLARE
        p record;
      BEGIN
        FOR p IN SELECT * FROM jsonb_to_recordset(current_setting('app.simulated')::jsonb)
            AS x ("accountId" uuid, "sessionId" uuid, name text) LOOP
          PERFORM set_config('app.account_id', p."accountId"::text, true);
          INSERT INTO app.accounts (account_id, display_name, email_verified_at) VALUES (p."accountId", p.name, clock_timestamp());
          INSERT INTO app.account_sessions (account_id, session_id, method, user_agent, expires_at)
            VALUES (p."accountId", p."sessionId", 'magic_link', 'simulated', clock_timestamp() + make_interval(hours => ${SESSION_HOURS}));
        END LOOP;
        INSERT INTO app.members (org_id, member_id, account_id, number, name, roles, status)
          SELECT current_setting('app.org_id')::uuid, x."memberId", x."accountId", x.number, x.name, '{member}', 'active'
          FROM jsonb_to_recordset(current_setting('app.simulated')::jsonb) AS x ("memberId" uuid, "accountId" uuid, number text, name text);
      END $$`);
  });
  return people.map(({ memberId, accountId, sessionId, name }) => ({ memberId, accountId, sessionId, name }));
}

/** They join a campaign, all at once. Those who join one that is active find their coins in their purses. */
export async function joinSimulatedMembers(
  ownerUrl: string,
  orgId: string,
  campaignId: string,
  memberIds: readonly string[],
): Promise<void> {
  await inOrganisation(ownerUrl, orgId, async (client) => {
    await client.query('SET LOCAL ROLE psephos_app');
    await client.query(
      `INSERT INTO app.campaign_members (org_id, campaign_id, user_id, role, state, joined_at)
       SELECT $1, $2, u.id, 'member', 'joined', clock_timestamp() FROM unnest($3::uuid[]) u (id)`,
      [orgId, campaignId, memberIds],
    );
    await client.query('SELECT urn.change_purses($1, $2, $3::uuid[], true, $2)', [orgId, campaignId, memberIds]);
  });
}

/** Ends their sessions: whoever kept one of them can do nothing with it. They stay members, and what they did stays. */
export async function endSimulatedSessions(ownerUrl: string, people: readonly SimulatedMember[]): Promise<void> {
  await inOrganisation(ownerUrl, '', async (client) => {
    await client.query("SELECT set_config('app.simulated', $1, true)", [JSON.stringify(people)]);
    await client.query('SET LOCAL ROLE psephos_owner');
    await client.query(`DO $$
      DECLARE
        p record;
      BEGIN
        FOR p IN SELECT * FROM jsonb_to_recordset(current_setting('app.simulated')::jsonb) AS x ("accountId" uuid) LOOP
          PERFORM set_config('app.account_id', p."accountId"::text, true);
          UPDATE app.account_sessions SET revoked_at = clock_timestamp(), revoke_reason = 'signed_out'
            WHERE account_id = p."accountId" AND revoked_at IS NULL;
        END LOOP;
      END $$`);
  });
}

async function inOrganisation(
  ownerUrl: string,
  orgId: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'psephos simulation' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      "SELECT set_config('app.org_id', $1, true), set_config('app.actor', 'operator', true), set_config('app.origin', '', true), set_config('app.request_id', '', true)",
      [orgId],
    );
    await work(client);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
