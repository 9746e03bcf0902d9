import { afterAll } from 'vitest';
import type { TestDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { serveCampaigns } from './campaign-server.ts';

/** A gateway whose organisation has an admin, a manager, two members of its campaigns, and a stranger to them. */
export async function serveIdeas(database: TestDatabase) {
  const superuser = connectAs(database.ownerUrl, null);
  afterAll(() => superuser.end());
  const server = await serveCampaigns(database);
  const { engine, orgId, call, done, member } = server;
  const [admin, manager, ada, bob, stranger] = await Promise.all([
    member('Admin', ['admin']),
    member('Mia Manager'),
    member('Ada'),
    member('Bob'),
    member('Stranger'),
  ]);

  let made = 0;
  /** A campaign that Mia manages and that Ada and Bob have joined. */
  async function campaign(body: object = {}, status: 'draft' | 'active' = 'active') {
    made += 1;
    const { id, campaign_id: name } = await done('POST', '/v1/campaigns', {
      as: admin.as,
      body: { title: `Campaign ${made}`, campaign_type: 'open', ...body },
    });
    const people = [
      { user_id: manager.userId, role: 'manager' },
      { user_id: ada.userId, role: 'member' },
      { user_id: bob.userId, role: 'member' },
    ];
    await done('POST', `/v1/campaigns/${id}/members`, { as: admin.as, body: people });
    if (status === 'active') await done('POST', `/v1/campaigns/${id}/status`, { as: admin.as, body: { status } });
    for (const { as } of status === 'active' ? [manager, ada, bob] : [manager]) {
      await done('POST', `/v1/campaigns/${id}/join`, { as });
    }
    return { id, name, number: made, ideas: `/v1/campaigns/${name}/ideas` };
  }

  async function propose(at: { readonly ideas: string }, title: string, body: object = {}, as = ada.as) {
    return done('POST', at.ideas, { as, body: { title, ...body } });
  }

  async function approve(ideaId: string) {
    return done('PUT', `/v1/ideas/${ideaId}/status`, { as: manager.as, body: { status: 'competing' } });
  }

  async function competing(at: { readonly ideas: string }, title: string, body: object = {}, as = ada.as) {
    const { id } = await propose(at, title, body, as);
    return approve(id);
  }

  /** Coins of ideas as lists sort by them are counted from the log, as a worker does. */
  async function countTotals() {
    const [head] = await superuser<{ pos: bigint }[]>`SELECT pos FROM app.log_head WHERE org_id = ${orgId}`;
    await engine.campaignStatistics.follow({ orgId, from: 1, to: Number(head?.pos) });
  }

  /** Status and code of a refusal, with what its details say. */
  async function refused(method: string, path: string, as: string, body?: object) {
    const { status, json } = await call(method, path, { as, body });
    return { status, code: json?.error_code, details: json?.details };
  }

  const people = { admin, manager, ada, bob, stranger };
  return { ...server, ...people, campaign, propose, approve, competing, countTotals, refused };
}

export const titlesOf = (page: { items: { title: string }[] }) => page.items.map(({ title }) => title);
