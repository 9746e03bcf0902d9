import { randomBytes, randomUUID } from 'node:crypto';
import type { Sql } from '../../engine/db/index.ts';
import { type Caller, credentialOfToken, type Engine, type Identity, type Outcome } from '../../engine/index.ts';

const ACTOR = 'test';
const MOTION = {
  method: { method: 'motion' as const, settings: {} },
  options: [
    { id: 'yes', title: 'Yes' },
    { id: 'no', title: 'No' },
  ],
};

export interface FilledOrganisation {
  readonly orgId: string;
  readonly apiKey: string;
  readonly session: string;
  readonly joinCode: string;
  /** secret, open, one ballot cast of two, a snapshot taken */
  readonly openElectionId: string;
}

/** The value of an outcome that a test has no doubt about. */
export function accepted<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.failure.kind}: ${outcome.failure.message}`);
  return outcome.value;
}

/** Whom a secret belongs to, within an organisation. */
export function identified(outcome: Outcome<Caller>): Identity {
  const { identity } = accepted(outcome);
  if (identity === null) throw new Error('no organisation');
  return identity;
}

/**
 * An organisation with at least one row in every table that there is: members, keys, a meeting with an attendee and a
 * ticket, an election that was published and one that is open, and a log over two months.
 * @param superuser for the few rows that nothing in the engine writes yet
 */
export async function fillOrganisation(engine: Engine, superuser: Sql): Promise<FilledOrganisation> {
  const { orgId } = accepted(await engine.accounts.createOrganisation({ name: 'Test' }));
  accepted(await engine.accounts.createMember(orgId, { number: '1', name: 'Ada', roles: ['member'] }));
  const key = accepted(await engine.accounts.createApiKey(orgId, { name: 'Test', roles: ['moderator'] }));
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Test' }, ACTOR));
  const published = await electionWithBallot(engine, orgId, meeting.meetingId);
  const joined = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Ada' }));
  accepted(await engine.elections.close(orgId, published, ACTOR));
  accepted(await engine.elections.publish(orgId, published, ACTOR));
  const openElectionId = await electionWithBallot(engine, orgId, meeting.meetingId);
  await superuser`SELECT urn.take_snapshot(${orgId}, ${openElectionId})`;
  const identity = identified(await engine.accounts.authenticate(joined.sessionToken));
  accepted(await engine.accounts.issueSocketTicket(identity));
  accepted(await engine.idempotency.begin(orgId, randomUUID(), randomBytes(32)));
  await linkAccount(superuser, orgId);
  await spreadLog(superuser, orgId);
  return {
    orgId,
    apiKey: key.secret,
    session: joined.sessionToken,
    joinCode: meeting.joinCode,
    openElectionId,
  };
}

async function electionWithBallot(engine: Engine, orgId: string, meetingId: string): Promise<string> {
  const election = { title: 'Test', ...MOTION, meetingId, roll: 'meeting', secretStep: 1 } as const;
  const { electionId } = accepted(await engine.elections.create(orgId, election, ACTOR));
  const tokens = [randomUUID(), randomUUID()];
  const credentials = tokens.map((token) => ({
    credential: Buffer.from(credentialOfToken(token), 'hex'),
    weight: 1_000_000n,
  }));
  accepted(await engine.elections.issue(orgId, electionId, credentials, ACTOR));
  accepted(await engine.elections.open(orgId, electionId, ACTOR));
  const credential = credentialOfToken(tokens[0] as string);
  const castKey = randomBytes(16).toString('hex');
  accepted(await engine.elections.cast(orgId, { electionId, credential, ballot: { choice: 'yes' }, castKey }));
  return electionId;
}

/** Sign-in with accounts is not written yet; its table is there. */
async function linkAccount(superuser: Sql, orgId: string): Promise<void> {
  const accountId = randomUUID();
  await superuser`INSERT INTO app.accounts (account_id, display_name) VALUES (${accountId}, 'Ada')`;
  await superuser`UPDATE app.members SET account_id = ${accountId} WHERE org_id = ${orgId}`;
}

/** A row in every partition of the log, the default one included. */
async function spreadLog(superuser: Sql, orgId: string): Promise<void> {
  await superuser`
    INSERT INTO app.log (org_id, pos, topic, kind, payload, at)
    SELECT ${orgId}, 1000 + m, gen_random_uuid(), 'test', '{}', clock_timestamp() + make_interval(months => m)
    FROM generate_series(-1, 2) m`;
}
