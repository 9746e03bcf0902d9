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
  await fillMembers(engine, orgId);
  const key = accepted(await engine.apiKeys.create(orgId, { name: 'Test', roles: ['moderator'] }));
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Test' }, ACTOR));
  const published = await electionWithBallot(engine, orgId, meeting.meetingId);
  const joined = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Ada' }));
  await fillMeeting(engine, orgId, meeting.meetingId, joined.attendeeId);
  accepted(await engine.elections.close(orgId, published, ACTOR));
  accepted(await engine.elections.publish(orgId, published, ACTOR));
  const openElectionId = await electionWithBallot(engine, orgId, meeting.meetingId);
  await fillForModerators(engine, orgId, openElectionId);
  await superuser`SELECT urn.take_snapshot(${orgId}, ${openElectionId})`;
  await superuser`SELECT urn.fallback_key(${orgId}, ${openElectionId}, ${randomBytes(32)})`;
  const identity = identified(await engine.accounts.authenticate(joined.sessionToken));
  accepted(await engine.accounts.issueSocketTicket(identity));
  accepted(await engine.idempotency.begin(orgId, randomUUID(), randomBytes(32)));
  await queueDeliveries(engine, orgId);
  await useAccess(engine, superuser, orgId);
  await linkAccount(engine, superuser, orgId);
  await fillJobs(engine, orgId);
  await fillCampaign(engine, orgId);
  await spreadLog(superuser, orgId);
  await fillAudit(engine, superuser, orgId);
  await fillSearch(engine, superuser, orgId);
  await fillNotifications(engine, superuser, orgId, meeting.meetingId);
  return {
    orgId,
    apiKey: key.secret,
    session: joined.sessionToken,
    joinCode: meeting.joinCode,
    openElectionId,
  };
}

/** A member in a group, invited, and a list of members that waits to be accepted. */
async function fillMembers(engine: Engine, orgId: string): Promise<void> {
  const actor = { id: orgId, givesRoles: true };
  const { groupId } = accepted(await engine.groups.create(orgId, { name: 'Board' }, ACTOR));
  const email = `ada@${orgId}.example`;
  accepted(await engine.members.create(orgId, { number: '1', name: 'Ada', email, groups: [groupId] }, actor));
  accepted(await engine.invitations.invite(orgId, { campaign: 'test' }, 'en', ACTOR));
  accepted(await engine.memberImports.preview(orgId, { bytes: Buffer.from('number,name\n2,Bea') }, actor));
}

/** An agenda, somebody who asked to speak, a proxy, the rule about them, and somebody who is here. */
async function fillMeeting(engine: Engine, orgId: string, meetingId: string, attendeeId: string): Promise<void> {
  accepted(await engine.members.create(orgId, { number: '2', name: 'Bea' }, { id: orgId, givesRoles: true }));
  accepted(await engine.agendas.add(orgId, meetingId, { kind: 'text', title: 'Welcome' }, ACTOR));
  accepted(await engine.speakers.ask(orgId, meetingId, attendeeId, false));
  const proxy = { grantor: { number: '2' }, holder: { number: '1' }, recorded: true };
  accepted(await engine.proxies.give(orgId, proxy, orgId));
  accepted(await engine.proxies.setHolderLimit(orgId, 3));
  accepted(await engine.meetings.keepPresence(orgId, meetingId, randomUUID(), [attendeeId]));
}

/** Documents and words; a change that is not indexed yet, and documents that wait for a search server. */
async function fillSearch(engine: Engine, superuser: Sql, orgId: string): Promise<void> {
  await engine.search.catchUp(orgId);
  await superuser`INSERT INTO app.search_dirty (org_id, kind, id) VALUES (${orgId}, 'elections', gen_random_uuid())`;
  await superuser`
    INSERT INTO app.search_outbox (org_id, kind, id, version)
    SELECT d.org_id, d.kind, d.id, d.version FROM app.search_documents d WHERE d.org_id = ${orgId} LIMIT 1`;
  await superuser`INSERT INTO app.search_retries (org_id, retry_at) VALUES (${orgId}, now())`;
}

/** Members who were told of a meeting, one of whom wants no mails; and a push that waits. */
async function fillNotifications(engine: Engine, superuser: Sql, orgId: string, meetingId: string): Promise<void> {
  accepted(await engine.invitees.invite(orgId, meetingId, null, ACTOR));
  await engine.notifications.follow({ orgId, from: 1, to: await engine.feed.pos(orgId) });
  const [told] = await superuser<{ member_id: string; account_id: string; notification_id: string }[]>`
    SELECT member_id, account_id, notification_id FROM app.notifications WHERE org_id = ${orgId} AND account_id IS NOT NULL`;
  if (told === undefined) throw new Error('nobody was told');
  await superuser`INSERT INTO app.notification_mutes (org_id, member_id) VALUES (${orgId}, ${told.member_id})`;
  await superuser`
    WITH browser AS (
      INSERT INTO app.push_subscriptions (account_id, endpoint, p256dh, auth)
      VALUES (${told.account_id}, 'https://push.example/x', 'key', 'secret') RETURNING account_id, subscription_id
    )
    INSERT INTO app.push_messages (org_id, notification_id, account_id, subscription_id, due_at, worth_until)
    SELECT ${orgId}, ${told.notification_id}, account_id, subscription_id, 'infinity', 'infinity' FROM browser`;
}

/** The smallest PNG that there is: one black pixel. */
export const ONE_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);

/** A template, a picture and a heap of paper ballots. */
async function fillForModerators(engine: Engine, orgId: string, electionId: string): Promise<void> {
  accepted(await engine.templates.create(orgId, { name: 'Test', election: { method: MOTION.method } }, ACTOR));
  accepted(await engine.pictures.add(orgId, ONE_PIXEL, ACTOR));
  accepted(await engine.paper.declare(orgId, electionId, 3, ACTOR));
  const count = { ballots: 3, totals: { options: { yes: 2, no: 1 } } };
  accepted(await engine.paper.enter(orgId, electionId, { label: 'Box 1', count }, ACTOR));
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

/** A quota, a key that lost access, and a request that was signed. */
async function useAccess(engine: Engine, superuser: Sql, orgId: string): Promise<void> {
  accepted(await engine.usage.setQuotas(orgId, { credentials: 1_000, ballots: 1_000, allocations: null }));
  const { keyId } = accepted(await engine.apiKeys.create(orgId, { name: 'Lost', roles: ['member'] }));
  accepted(await engine.apiKeys.revoke(orgId, keyId));
  await superuser`INSERT INTO app.signed_requests (org_id, key_id, signature, expires_at)
    VALUES (${orgId}, ${keyId}, ${randomBytes(32)}, clock_timestamp())`;
  // upkeep is of the installation; the wall around its table is the same
  await superuser`INSERT INTO app.upkeep_tasks (org_id, task, begun_at) VALUES (${orgId}, 'test', clock_timestamp())`;
}

/** A draft, and a campaign whose other member gave coins to an idea, before and after all was counted. */
async function fillCampaign(engine: Engine, orgId: string): Promise<void> {
  const { items } = accepted(await engine.members.list(orgId, {}));
  const [memberId = '', other = ''] = items.map((member) => member.memberId);
  const viewer = { memberId, roles: ['admin'], actor: memberId } as const;
  const settings = { title: 'Test', campaignType: 'open' } as const;
  accepted(await engine.campaigns.create(orgId, settings, viewer));
  const { id } = accepted(await engine.campaigns.create(orgId, settings, viewer));
  const tag = { name: 'Test', description: 'Test', color: '#0f766e' };
  const { id: tagId } = accepted(await engine.campaignTags.create(orgId, id, tag, memberId));
  const campaign = accepted(await engine.campaigns.changeStatus(orgId, id, 'active', viewer));
  accepted(await engine.campaignMembers.join(orgId, id, other));
  const input = { title: 'Test', description: 'Test', tags: [tagId], contextId: 'test' };
  const idea = accepted(await engine.ideas.submit(campaign, viewer, input));
  accepted(await engine.ideas.submit(campaign, viewer, { title: 'Pending', confirmNotDuplicate: true }));
  accepted(await engine.ideas.decide({ idea, campaign }, viewer, { act: 'approve' }));
  accepted(await engine.ideaComments.add({ idea, campaign }, viewer, 'Test'));
  const give = async () => {
    const act = { campaignId: id, userId: other, requestId: randomUUID(), from: null, to: idea.id, amount: 10 };
    accepted(await engine.coins.move(orgId, act));
  };
  await give();
  await engine.campaignStatistics.follow({ orgId, from: 1, to: await engine.feed.pos(orgId) });
  await give();
}

/** A mail and a webhook with something to post; the election that is open is followed for its milestones. */
async function queueDeliveries(engine: Engine, orgId: string): Promise<void> {
  const data = { organisation: 'Test', link: 'https://vote.example/i#secret', validForMinutes: 60 };
  const mail = {
    orgId,
    to: 'ada@example.org',
    locale: 'en',
    template: 'member-invitation',
    data,
    key: 'test',
  } as const;
  accepted(await engine.mails.enqueue([mail]));
  const webhook = { url: 'https://members.example/hooks', events: ['election.opened'] };
  const { webhookId } = accepted(await engine.webhooks.create(orgId, webhook, ACTOR));
  accepted(await engine.webhooks.test(orgId, webhookId));
}

/** The log as the relay and a consumer have had it, and a job that failed. */
async function fillJobs(engine: Engine, orgId: string): Promise<void> {
  await engine.relay.round(async () => {});
  await engine.audit.chain({ orgId, from: 1, to: await engine.feed.pos(orgId) });
  const letter = {
    queue: 'webhooks',
    jobId: 'test',
    jobName: 'webhooks',
    payload: { org_id: orgId },
    reason: 'Test',
    attempts: 1,
  };
  await engine.deadLetters.add({ orgId, ...letter });
}

/** The member's person, with an account and a session. */
async function linkAccount(engine: Engine, superuser: Sql, orgId: string): Promise<void> {
  const email = `ada.${randomBytes(5).toString('hex')}@example.org`;
  const { accountId, link } = accepted(await engine.registration.createAccount({ email, name: 'Ada', locale: 'en' }));
  const password = randomUUID();
  accepted(await engine.signIn.resetPassword(link.split('=')[1] ?? '', password));
  accepted(await engine.signIn.byPassword({ email, password }, { userAgent: 'Test' }));
  const [member] = await superuser<
    { member_id: string }[]
  >`SELECT member_id FROM app.members WHERE org_id = ${orgId} AND number = '1'`;
  accepted(await engine.organisations.linkMember(orgId, member?.member_id ?? '', accountId));
}

/** A row in every partition of the log, the default one included. */
async function spreadLog(superuser: Sql, orgId: string): Promise<void> {
  await superuser`
    INSERT INTO app.log (org_id, pos, topic, kind, payload, at)
    SELECT ${orgId}, 1000 + m, gen_random_uuid(), 'test', '{}', clock_timestamp() + make_interval(months => m)
    FROM generate_series(-1, 2) m`;
}

/** A chain with a row in every partition, a head, a check, an archived month, an erased person, and a change that waits. */
async function fillAudit(engine: Engine, superuser: Sql, orgId: string): Promise<void> {
  await engine.audit.chain({ orgId, from: 1, to: 1 });
  await engine.audit.chainChanges(orgId);
  const hash = randomBytes(32);
  await superuser.begin(async (tx) => {
    await tx`INSERT INTO app.audit_entries (org_id, seq, chained_at, at, actor, bypassed, act, subject, prev_hash, entry_hash)
      SELECT ${orgId}, 10000 + m, clock_timestamp() + make_interval(months => m), now(), 'test', false, 'test', 'test', ${hash}, ${hash}
      FROM generate_series(-1, 2) m`;
    await tx`INSERT INTO app.audit_details (org_id, seq, chained_at)
      SELECT org_id, seq, chained_at FROM app.audit_entries WHERE org_id = ${orgId} AND seq >= 9999`;
    await tx`INSERT INTO app.audit_heads (org_id, day, seq, entry_hash, at, kid, signature)
      VALUES (${orgId}, '2026-11-20', 1, ${hash}, now(), 'test', ${randomBytes(64)})`;
    await tx`INSERT INTO app.audit_checks (org_id, at, seq, entry_hash, entries) VALUES (${orgId}, now(), 1, ${hash}, 1)`;
    await tx`INSERT INTO app.audit_archives (org_id, month, from_seq, to_seq, last_hash, file_hash)
      VALUES (${orgId}, '2020-01-01', 1, 1, ${hash}, ${hash})`;
    await tx`INSERT INTO app.audit_erasures (org_id, person) VALUES (${orgId}, gen_random_uuid())`;
    await tx`SELECT door.audit_note(${orgId}, 'test', 'test', '{}')`;
  });
}
