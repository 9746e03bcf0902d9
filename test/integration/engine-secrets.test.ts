import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import {
  accepted,
  castOf,
  newOrganisation,
  newVoters,
  openElection,
  openEngine,
  type Voter,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { identified } from '../harness/two-organisations.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const orgId = await newOrganisation(engine);
const sql = postgres(database.ownerUrl, { max: 1 }); // a superuser: row-level security hides nothing from it
afterAll(() => sql.end());

/** Every row of every table as text, bytea in hex. */
async function dump(): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await sql.unsafe<{ line: string }[]>(`SELECT t::text AS line FROM ${name} t`);
    rows.push(...found.map(({ line }) => `${name}: ${line}`));
  }
  return rows.join('\n');
}

/** A secret as it could stand in a row: as text, or as bytes in hex. */
function forms(secret: string): string[] {
  return [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret, 'base64url').toString('hex')];
}

function expectNone(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) for (const form of forms(secret)) expect(text.includes(form), secret).toBe(false);
}

test('no row of any table holds a token, cast key, session, ticket or API key', async () => {
  const { secret } = accepted(await engine.apiKeys.create(orgId, { name: 'Console', roles: ['moderator'] }));
  const identity = identified(await engine.accounts.authenticate(secret));
  const { ticket } = accepted(await engine.accounts.issueSocketTicket(identity));
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'mia'));
  const { sessionToken } = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Ada' }));
  const keys = [secret, ticket, sessionToken].flatMap((each) => [each, each.slice(4)]);

  const voters = newVoters(20);
  const secrets = [...keys, ...voters.flatMap(({ token, castKey }) => [token, castKey])];
  for (const secrecy of ['secret', 'named'] as const) {
    const election = await openElection(engine, orgId, voters, { secrecy, title: `A ${secrecy} motion` });
    for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
    const open = await dump();
    expect(open).toContain(`A ${secrecy} motion`); // the dump does see rows
    expect(open).toContain((voters[0] as Voter).credential);
    expectNone(open, secrets);
    accepted(await engine.elections.close(orgId, election.electionId, 'mia'));
    accepted(await engine.elections.publish(orgId, election.electionId, 'mia'));
    expectNone(await dump(), secrets);
  }
});

test('after the count nothing stored stands in the order of casting, and no row holds a voter beside a secret ballot', async () => {
  const voters = newVoters(40);
  const election = await openElection(engine, orgId, voters);
  const codes: string[] = [];
  for (const voter of voters)
    codes.push(accepted(await engine.elections.cast(orgId, castOf(election, voter))).trackingCode);
  accepted(await engine.elections.close(orgId, election.electionId, 'mia'));
  accepted(await engine.elections.result(orgId, election.electionId));
  const { electionId } = election;
  const box = await sql<{ code: string; voter: Buffer | null }[]>`
    SELECT encode(tracking_code, 'hex') AS code, voter FROM urn.box WHERE election_id = ${electionId} ORDER BY ctid`;
  expect(box.map(({ code }) => code)).toEqual([...codes].sort());
  expect(box.every(({ voter }) => voter === null)).toBe(true);
  const spent = await sql<{ credential: string }[]>`
    SELECT encode(credential, 'hex') AS credential FROM urn.credential WHERE election_id = ${electionId} ORDER BY ctid`;
  expect(spent.map(({ credential }) => credential)).toEqual(voters.map(({ credential }) => credential).sort());
  const [inbox] = await sql`SELECT to_regclass(${`urn.inbox_${electionId.replaceAll('-', '')}`}) AS oid`;
  expect(inbox).toEqual({ oid: null });
  const [transactions] = await sql<{ box: number; spent: number }[]>`
    SELECT (SELECT count(DISTINCT xmin::text)::int FROM urn.box WHERE election_id = ${electionId}) AS box,
      (SELECT count(DISTINCT xmin::text)::int FROM urn.credential WHERE election_id = ${electionId}) AS spent`;
  expect(transactions).toEqual({ box: 1, spent: 1 });
});
