import { afterAll } from 'vitest';
import type { TestDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { serveCampaigns } from './campaign-server.ts';

/** Status, code and reason of a refusal, as far as it has them. */
export function refusalOf({
  status,
  json,
}: {
  readonly status: number;
  readonly json: { readonly error_code: string; readonly details: { readonly reason?: string } };
}) {
  return [status, json.error_code, json.details.reason].filter((part) => part !== undefined);
}

/** A gateway with people of every kind: an admin, a sponsor, Ada who runs the campaigns, Bea and Cem. */
export async function serveCampaignPeople(database: TestDatabase) {
  const superuser = connectAs(database.ownerUrl, null);
  afterAll(() => superuser.end());
  const server = await serveCampaigns(database);
  const { engine, orgId, done, member } = server;
  const admin = await member('Grace', ['admin']);
  const sponsor = await member('Sven', ['sponsor']);
  const ada = await member('Ada');
  const bea = await member('Bea');
  const cem = await member('Cem');

  let made = 0;
  /** One that Ada runs as its only manager. */
  async function campaign(more: object = {}, status: 'draft' | 'active' = 'active') {
    made += 1;
    const body = { title: `Campaign ${made}`, campaign_type: 'open', ...more };
    const created = await done('POST', '/v1/campaigns', { as: admin.as, body });
    const path = `/v1/campaigns/${created.campaign_id}`;
    await done('POST', `${path}/members`, { as: admin.as, body: [{ user_id: ada.userId, role: 'manager' }] });
    await done('POST', `${path}/join`, { as: ada.as });
    await done('DELETE', `${path}/members/${admin.userId}`, { as: admin.as });
    if (status === 'active') await done('POST', `${path}/status`, { as: ada.as, body: { status } });
    return { id: created.id as string, path, campaign_id: created.campaign_id as string };
  }

  const stateOf = async (path: string, as: string) => (await done('GET', path, { as })).membership?.state ?? null;
  /** Coins to give, or why there is no purse. */
  const balanceOf = async (id: string, userId: string) => {
    const outcome = await engine.coins.balance(orgId, id, userId);
    return outcome.ok ? outcome.value.available : outcome.failure.details?.reason;
  };
  /** What the log tells of a campaign, in order. */
  const kindsOf = async (id: string) => {
    const rows = await superuser<{ kind: string }[]>`
      SELECT kind FROM app.log WHERE org_id = ${orgId} AND topic = ${id} ORDER BY pos`;
    return rows.map(({ kind }) => kind);
  };

  return { ...server, superuser, admin, sponsor, ada, bea, cem, campaign, stateOf, balanceOf, kindsOf };
}
