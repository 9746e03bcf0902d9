import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { type NotifiedMember, newNotifiedMember, newPlainMember, tellAll } from '../harness/notified.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

/** From what happens in campaigns to who is told of it: without a mail server or a browser. */

const database = await freshDatabase();
const engine = await openEngine(database, { publicUrl: 'https://vote.example' });
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

let orgId: string;
let ada: NotifiedMember;
let ben: NotifiedMember;
let cleo: NotifiedMember;
beforeEach(async () => {
  orgId = await newOrganisation(engine);
  ada = await newNotifiedMember(engine, superuser, orgId, 'Ada');
  ben = await newNotifiedMember(engine, superuser, orgId, 'Ben');
  cleo = await newNotifiedMember(engine, superuser, orgId, 'Cleo');
});

const viewer = ({ memberId }: NotifiedMember) => ({ memberId, roles: ['sponsor' as const], actor: memberId });
const tell = () => tellAll(engine, superuser, orgId);
const inboxOf = async ({ person }: NotifiedMember) => accepted(await engine.notifications.inbox(person, {})).items;
const kindsOf = async (member: NotifiedMember) => (await inboxOf(member)).map(({ kind }) => kind);

async function mailsTo(email: string) {
  const waiting = accepted(await engine.mails.waiting(1_000));
  return waiting.filter((mail) => mail.to === email && mail.template.startsWith('notification')).reverse();
}

async function newCampaign(type: 'open' | 'mediated' | 'closed' = 'open', more: object = {}) {
  const input = { title: 'Better city', campaignType: type, ...more };
  return accepted(await engine.campaigns.create(orgId, input, viewer(ada)));
}

const start = (id: string) => engine.campaigns.changeStatus(orgId, id, 'active', viewer(ada)).then(accepted);

const seen = (id: string, who: NotifiedMember) => engine.campaigns.seen(orgId, id, viewer(who)).then(accepted);
const idea = (id: string, who: NotifiedMember) => engine.ideas.seen(orgId, id, viewer(who)).then(accepted);

/** An active campaign that Ada runs, in which Ben has an idea. */
async function withIdea(more: object = {}) {
  const { id } = await newCampaign('open', more);
  await start(id);
  accepted(await engine.campaignMembers.join(orgId, id, ben.memberId));
  const input = { title: 'A cycle path along the river' };
  const made = accepted(await engine.ideas.submit(await seen(id, ben), viewer(ben), input));
  return { id, ideaId: made.id };
}

describe('invitations', () => {
  test('reach who is invited once the campaign is active, each once, with the link; people without an account too', async () => {
    await newPlainMember(engine, orgId, 'No account', 'nobody@example.org');
    const { id, campaignId } = await newCampaign('closed');
    const invite = (...emails: string[]) =>
      engine.campaignMembers.invite(
        orgId,
        id,
        emails.map((email) => ({ email, role: 'member' as const })),
        ada.memberId,
      );
    accepted(await invite(ben.email, 'nobody@example.org'));
    await tell();
    expect(await kindsOf(ben)).toEqual([]); // could not see a draft
    await start(id);
    await tell();
    accepted(await invite(ben.email, cleo.email));
    await Promise.all([tell(), tell()]);
    for (const member of [ben, cleo]) {
      const items = await inboxOf(member);
      expect(items.map(({ kind, facts }) => [kind, facts.title, facts.campaign])).toEqual([
        ['campaign.invitation', 'Better city', campaignId],
      ]);
    }
    const [mail, ...others] = await mailsTo('nobody@example.org');
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ subject: 'Chess club: You are invited: Better city' });
    expect(mail?.text).toContain(`https://vote.example/campaigns/${campaignId}`);
    // all in one transaction of the spreading: no event for each of those who were invited together
    const events =
      await superuser`SELECT FROM app.notification_events WHERE org_id = ${orgId} AND kind = 'campaign.invitation'`;
    expect(events).toHaveLength(2);
  });

  test('managers are told who asks to join, and who asked that they are in; a role that is given later is no news', async () => {
    const { id } = await newCampaign('mediated');
    await start(id);
    accepted(await engine.campaignMembers.join(orgId, id, ben.memberId));
    await tell();
    expect((await inboxOf(ada))[0]).toMatchObject({ kind: 'campaign.request', facts: { person: 'Ben' } });
    expect(await kindsOf(ben)).toEqual([]);
    accepted(await engine.campaignMembers.change(orgId, id, ben.memberId, { state: 'joined' }, ada.memberId));
    await tell();
    expect(await kindsOf(ben)).toEqual(['campaign.admitted']);
    accepted(await engine.campaignMembers.change(orgId, id, ben.memberId, { role: 'manager' }, ada.memberId));
    await tell();
    expect(await kindsOf(ben)).toEqual(['campaign.admitted']);
  });
});

test('whoever proposed an idea is told what becomes of it, and of comments, but not of the own acts', async () => {
  const { id, ideaId } = await withIdea();
  const decide = async (decision: object) =>
    accepted(await engine.ideas.decide(await idea(ideaId, ada), viewer(ada), decision as never));
  await decide({ act: 'approve' });
  accepted(await engine.campaignMembers.join(orgId, id, cleo.memberId));
  for (const who of [ben, cleo]) {
    accepted(await engine.ideaComments.add(await idea(ideaId, who), viewer(who), 'Lit at night, please.'));
  }
  for (const act of ['accept', 'start', 'complete']) await decide({ act });
  await tell();
  expect((await inboxOf(ben)).map(({ kind, facts }) => facts.change ?? facts.person ?? kind).reverse()).toEqual([
    ...['approved', 'Cleo', 'accepted', 'begun', 'done'],
  ]);
  expect((await mailsTo(ben.email))[0]?.text).toContain(`/ideas/${ideaId}`);
  const other = accepted(
    await engine.ideas.submit(await seen(id, ben), viewer(ben), { title: 'Free ice cream for everybody' }),
  );
  const rejection = { act: 'reject' as const, reason: 'Too cold.' };
  accepted(await engine.ideas.decide(await idea(other.id, ada), viewer(ada), rejection));
  await tell();
  expect((await inboxOf(ben))[0]?.facts).toMatchObject({ change: 'rejected', reason: 'Too cold.' });
  expect(await kindsOf(cleo)).toEqual([]);
});

describe('coins', () => {
  const count = async () => {
    const [head] = await superuser<{ pos: bigint }[]>`SELECT pos FROM app.log_head WHERE org_id = ${orgId}`;
    await engine.campaignStatistics.follow({ orgId, from: 1, to: Number(head?.pos) });
  };
  const due = () =>
    superuser`UPDATE app.idea_totals SET tell_at = now() WHERE org_id = ${orgId} AND tell_at IS NOT NULL`;
  let request = 0;
  async function give(campaignId: string, ideaId: string, who: NotifiedMember, amount: number): Promise<void> {
    request += 1;
    const requestId = `00000000-0000-4000-8000-${String(request).padStart(12, '0')}`;
    const [from, to] = amount < 0 ? [ideaId, null] : [null, ideaId];
    const act = { campaignId, userId: who.memberId, requestId, from, to, amount: Math.abs(amount) };
    accepted(await engine.coins.move(orgId, act));
  }

  test('that an idea gets are summed up and told at most once a day', async () => {
    const { id, ideaId } = await withIdea();
    accepted(await engine.ideas.decide(await idea(ideaId, ada), viewer(ada), { act: 'approve' }));
    accepted(await engine.campaignMembers.join(orgId, id, cleo.memberId));
    await give(id, ideaId, cleo, 5);
    await give(id, ideaId, ada, 4);
    await give(id, ideaId, cleo, -2);
    await count();
    await tell();
    await engine.notifications.look();
    expect(await kindsOf(ben)).toEqual(['idea.status']); // they may still be more
    await due();
    await Promise.all([engine.notifications.look(), engine.notifications.look()]);
    expect((await inboxOf(ben)).map(({ kind, facts }) => [kind, facts.coins])).toEqual([
      ['coins.received', 7],
      ['idea.status', undefined],
    ]);
    await give(id, ideaId, cleo, 3);
    await count();
    const [row] = await superuser<{ hours: number }[]>`
      SELECT extract(epoch FROM tell_at - now()) / 3600 AS hours FROM app.idea_totals WHERE org_id = ${orgId}`;
    expect(Number(row?.hours)).toBeGreaterThan(23.9);
    await give(id, ideaId, cleo, -3); // nothing is left of it
    await count();
    await due();
    await engine.notifications.look();
    expect(await kindsOf(ben)).toEqual(['coins.received', 'idea.status']);
  });

  test('are told nobody while the campaign hides its totals', async () => {
    const { id, ideaId } = await withIdea({ hideTotals: true });
    accepted(await engine.ideas.decide(await idea(ideaId, ada), viewer(ada), { act: 'approve' }));
    await give(id, ideaId, ada, 5);
    await count();
    await due();
    await engine.notifications.look();
    await tell();
    expect(await kindsOf(ben)).toEqual(['idea.status']);
  });
});

test('participants are told once that a campaign begins, and once that it ends soon', async () => {
  const end = new Date(Date.now() + 100 * 3_600_000);
  const { id } = await newCampaign('open', { endDate: end });
  accepted(await engine.campaignMembers.join(orgId, id, ben.memberId));
  await start(id);
  accepted(await engine.campaignMembers.join(orgId, id, cleo.memberId)); // knows that it has begun
  await tell();
  await engine.notifications.look();
  expect((await inboxOf(ada)).map(({ facts }) => facts.change)).toEqual(['begun']);
  // 80 of the 100 hours are over
  await superuser`UPDATE app.campaigns SET activated_at = activated_at - interval '80 hours', end_date = end_date - interval '80 hours'
    WHERE org_id = ${orgId} AND id = ${id}`;
  await engine.notifications.look();
  await engine.notifications.look();
  expect((await inboxOf(ada)).map(({ facts }) => facts.change)).toEqual(['ending', 'begun']);
  expect((await inboxOf(ben)).map(({ facts }) => facts.change)).toEqual(['ending', 'begun']);
  expect((await inboxOf(cleo)).map(({ facts }) => facts.change)).toEqual(['ending']);
  const wishes = accepted(await engine.preferences.get(ben.person));
  expect(Object.keys(wishes.kinds)).toContain('campaign.schedule');
});

test('managers of a draft are told that it starts soon', async () => {
  const { id } = await newCampaign('open', { startDate: new Date(Date.now() + 20 * 3_600_000) });
  await engine.notifications.look();
  expect(await kindsOf(ada)).toEqual([]);
  await superuser`UPDATE app.campaigns SET created_at = created_at - interval '100 hours' WHERE org_id = ${orgId} AND id = ${id}`;
  await engine.notifications.look();
  await engine.notifications.look();
  expect((await inboxOf(ada)).map(({ kind, facts }) => [kind, facts.change])).toEqual([['campaign.schedule', 'soon']]);
});
