import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { type Identity, limits, type Outcome } from '../../engine/index.ts';
import { accepted, issueTo, kindOf, newElection, newOrganisation, newVoters, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { identified } from '../harness/two-organisations.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const other = await openEngine(database);
const orgId = await newOrganisation(engine);
const sql = postgres(database.ownerUrl, { max: 1 });
afterAll(() => sql.end());

function reasonOf(outcome: Outcome<unknown>): unknown {
  return outcome.ok ? 'ok' : `${outcome.failure.kind}: ${outcome.failure.details?.reason}`;
}

test('an API key tells its organisation and roles, until it is revoked', async () => {
  const made = accepted(await engine.apiKeys.create(orgId, { name: 'Console', roles: ['moderator', 'member'] }));
  expect(made.secret).toMatch(/^psk_[\w-]{43}$/);
  const identity = identified(await other.accounts.authenticate(made.secret));
  expect(identity).toEqual({
    kind: 'api_key',
    orgId,
    roles: ['moderator', 'member'],
    id: made.keyId,
    meetingId: null,
    memberId: null,
    makerId: null,
    sessionId: null,
    scopes: null,
    expiresAtMs: null,
    requestsPerSecond: null,
    tokenHashPrefix: expect.stringMatching(/^[0-9a-f]{8}$/),
  });
  const stranger = await newOrganisation(engine, 'Strangers');
  expect(kindOf(await engine.apiKeys.revoke(stranger, made.keyId))).toBe('not_found');
  expect(kindOf(await engine.apiKeys.revoke(orgId, made.keyId))).toBe('ok');
  expect(reasonOf(await other.accounts.authenticate(made.secret))).toBe('unauthenticated: revoked');
  expect(kindOf(await engine.apiKeys.revoke(orgId, made.keyId))).toBe('not_found');
});

test.each(['psk_unknown', 'pst_unknown', 'pkt_ticket', '', 'no prefix', '\u0000'])(
  '%j is no secret',
  async (secret) => {
    expect(reasonOf(await engine.accounts.authenticate(secret))).toBe('unauthenticated: unknown');
  },
);

test('a socket ticket is good once, on any gateway, and not beyond its time', async () => {
  const { secret } = accepted(await engine.apiKeys.create(orgId, { name: 'Screen', roles: ['member'] }));
  const identity = identified(await engine.accounts.authenticate(secret));
  const { ticket, expiresAt } = accepted(await engine.accounts.issueSocketTicket(identity));
  const leftMs = Number(expiresAt) - Date.now();
  expect(Math.abs(leftMs - limits.socketTicketMs)).toBeLessThan(5_000);
  const both = await Promise.all([
    engine.accounts.redeemSocketTicket(ticket),
    other.accounts.redeemSocketTicket(ticket),
  ]);
  expect(both.map(reasonOf).sort()).toEqual(['ok', 'unauthenticated: unknown']);
  expect(accepted(both.find(({ ok }) => ok) as Outcome<Identity>)).toEqual(identity);
  expect(reasonOf(await engine.accounts.redeemSocketTicket(ticket))).toBe('unauthenticated: unknown');

  const stale = accepted(await engine.accounts.issueSocketTicket(identity));
  await sql`UPDATE app.socket_tickets SET expires_at = clock_timestamp()`;
  await sleep(2);
  expect(reasonOf(await engine.accounts.redeemSocketTicket(stale.ticket))).toBe('unauthenticated: expired');
});

test('who joins a meeting stands on the roll of its open elections, and votes with the own credential', async () => {
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'General assembly' }, 'mia'));
  const early = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Ada' }));
  const draft = await newElection(engine, orgId, { meetingId: meeting.meetingId, roll: 'meeting', secrecy: 'named' });
  const tokensOnly = await newElection(engine, orgId, { meetingId: meeting.meetingId });
  await issueTo(engine, draft, newVoters(1));
  for (const election of [draft, tokensOnly]) accepted(await engine.elections.open(orgId, election.electionId, 'mia'));
  const typed = `${meeting.joinCode.slice(0, 3).toLowerCase()} - ${meeting.joinCode.slice(3).toLowerCase()}`;
  const late = accepted(await other.meetings.join(typed, { name: 'Grace' }));
  expect(late.meeting).toEqual(meeting);

  for (const { sessionToken, attendeeId } of [early, late]) {
    const identity = identified(await other.accounts.authenticate(sessionToken));
    expect(identity).toMatchObject({
      kind: 'attendee',
      roles: ['guest'],
      id: attendeeId,
      meetingId: meeting.meetingId,
    });
    const cast = async (electionId: string) =>
      other.elections.cast(orgId, {
        electionId,
        credential: accepted(await other.meetings.credentialFor(identity, electionId)),
        castKey: attendeeId.replaceAll('-', ''),
        ballot: { choice: 'yes' },
      });
    expect(kindOf(await cast(draft.electionId))).toBe('ok');
    expect(kindOf(await cast(tokensOnly.electionId))).toBe('not_found');
  }
  expect(accepted(await engine.elections.participation(orgId, draft.electionId))).toMatchObject({ roll: 3, voted: 2 });
  accepted(await engine.elections.close(orgId, draft.electionId, 'mia'));
  accepted(await engine.elections.publish(orgId, draft.electionId, 'mia'));
  const { items } = accepted(await engine.elections.ballots(orgId, draft.electionId, {}));
  expect(items.map(({ voter }) => voter).sort()).toEqual(['Ada', 'Grace']);
  const after = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Edsger' }));
  expect(after.attendeeId).not.toBe(late.attendeeId);
  expect(accepted(await engine.elections.participation(orgId, draft.electionId)).roll).toBe(3);
});

test('many join at once while the election opens: each is on the roll exactly once', async () => {
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Rush' }, 'mia'));
  const draft = await newElection(engine, orgId, { meetingId: meeting.meetingId, roll: 'meeting' });
  const joining = Array.from({ length: 40 }, (_, i) =>
    (i % 2 === 0 ? engine : other).meetings.join(meeting.joinCode, { name: `Guest ${i}` }),
  );
  const opening = other.elections.open(orgId, draft.electionId, 'mia');
  expect((await Promise.all(joining)).map(kindOf)).toEqual(joining.map(() => 'ok'));
  accepted(await opening);
  expect(accepted(await engine.elections.participation(orgId, draft.electionId)).roll).toBe(40);
});

test('a meeting that is not there, or is another organisation’s', async () => {
  const stranger = await newOrganisation(engine, 'Outsiders');
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Ours' }, 'mia'));
  expect(kindOf(await engine.meetings.get(stranger, meeting.meetingId))).toBe('not_found');
  expect(kindOf(await engine.meetings.join('NO SUCH', { name: 'Ada' }))).toBe('not_found');
  const input = { title: 'x', method: { method: 'motion' as const, settings: {} }, meetingId: meeting.meetingId };
  const options = [
    { id: 'yes', title: 'Yes' },
    { id: 'no', title: 'No' },
  ];
  expect(kindOf(await engine.elections.create(stranger, { ...input, options }, 'mia'))).toBe('not_found');
});

test('a session that has run out is told apart from an unknown one', async () => {
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Long ago' }, 'mia'));
  const { sessionToken, attendeeId } = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Ada' }));
  await sql`UPDATE app.attendee_sessions SET expires_at = clock_timestamp() WHERE attendee_id = ${attendeeId}`;
  await sleep(2);
  expect(reasonOf(await engine.accounts.authenticate(sessionToken))).toBe('unauthenticated: expired');
});
