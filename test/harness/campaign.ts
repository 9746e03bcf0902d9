import { randomUUID } from 'node:crypto';
import type { Sql } from '../../engine/db/index.ts';
import { connectAs } from './urn.ts';

/** The purse, where an act comes from it or goes into it. */
const PURSE = '0'.repeat(32);

export interface TestAct {
  readonly user: string;
  readonly amount: number | bigint;
  /** an idea; left out: from the purse */
  readonly from?: string;
  /** an idea; left out: into the purse */
  readonly to?: string;
  readonly request?: string;
}

export interface TestPolicy {
  readonly initial_allocation?: number;
  readonly idea_submission_reward?: number;
  readonly allow_reallocation?: boolean;
  readonly allow_recycling?: boolean;
  readonly coin_expiry?: 'never' | 'at_end' | 'at';
  readonly coins_expire_at?: Date | null;
}

export interface Purse {
  readonly available: number;
  readonly allocated: number;
  readonly expended: number;
  readonly expired: number;
}

function bytesOf({ user, amount, from, to, request = randomUUID() }: TestAct): string {
  const id = (text: string | undefined) => (text === undefined ? PURSE : text.replaceAll('-', ''));
  return id(user) + id(request) + id(from) + id(to) + BigInt.asUintN(64, BigInt(amount)).toString(16).padStart(16, '0');
}

/** The coins of a campaign as the functions of the urn move them, without lanes and rules of the engine. */
export class TestCampaign {
  readonly #app: Sql;
  readonly #superuser: Sql;
  readonly orgId: string;
  readonly id = randomUUID();

  constructor(app: Sql, superuser: Sql, orgId: string) {
    this.#app = app;
    this.#superuser = superuser;
    this.orgId = orgId;
  }

  /** A draft of an organisation of its own with `members` who have joined; answers their ids. */
  async make(members: number, preset = 'ideas', policy: TestPolicy = {}): Promise<string[]> {
    const sql = this.#superuser;
    await sql`INSERT INTO app.campaigns (org_id, id, campaign_id, title, campaign_type, preset, created_by, budget, budget_rule)
      VALUES (${this.orgId}, ${this.id}, ${`test-${this.id.slice(0, 8)}`}, 'Test', 'open', ${preset}, ${this.orgId},
        ${preset === 'budget' ? 1_000 : null}, ${preset === 'budget' ? 'greedy' : null})`;
    await sql`INSERT INTO app.coin_policies ${sql({ org_id: this.orgId, campaign_id: this.id, ...policy })}`;
    return this.join(members);
  }

  /** Further members join; they have purses once change('activate') or openPurses() was called. */
  async join(members: number): Promise<string[]> {
    const rows = await this.#superuser<{ member_id: string }[]>`
      INSERT INTO app.members (org_id, member_id, number, name, roles, status, weight)
      SELECT ${this.orgId}, gen_random_uuid(), gen_random_uuid()::text, 'Member ' || n, '{member}', 'active', 1000000
      FROM generate_series(1, ${members}::int) n RETURNING member_id`;
    const users = rows.map((row) => row.member_id);
    await this.#superuser`INSERT INTO app.campaign_members (org_id, campaign_id, user_id, role, state, joined_at)
      SELECT ${this.orgId}, ${this.id}, u.id, 'member', 'joined', now() FROM unnest(${listOf(users)}::text::uuid[]) u (id)`;
    return users;
  }

  /** Members that there are already join; as with join(), purses come with change('activate') or openPurses(). */
  async enter(users: readonly string[], role: 'manager' | 'member' = 'member'): Promise<void> {
    await this.#superuser`INSERT INTO app.campaign_members (org_id, campaign_id, user_id, role, state, joined_at)
      SELECT ${this.orgId}, ${this.id}, u.id, ${role}, 'joined', now() FROM unnest(${listOf(users)}::text::uuid[]) u (id)`;
  }

  async openPurses(users: readonly string[], open = true): Promise<number> {
    const [row] = await this.#app<{ given: number }[]>`
      SELECT urn.change_purses(${this.orgId}, ${this.id}, ${listOf(users)}::text::uuid[], ${open}, ${this.orgId}) AS given`;
    return row?.given as number;
  }

  async idea(submitter: string, status = 'competing'): Promise<string> {
    const [row] = await this.#superuser<{ id: string }[]>`
      INSERT INTO app.ideas (org_id, campaign_id, submitter_id, title, status)
      VALUES (${this.orgId}, ${this.id}, ${submitter}, 'An idea', ${status}) RETURNING id`;
    return row?.id as string;
  }

  /** activate, complete, archive or expire */
  async change(act: string, due = false): Promise<string> {
    const [row] = await this.#app<{ answer: string }[]>`
      SELECT urn.change_campaign(${this.orgId}, ${this.id}, ${act}, ${this.orgId}, ${due}) AS answer`;
    return row?.answer as string;
  }

  /** approve, reject, accept, start, complete or merge */
  async decide(idea: string, act: string, into: string | null = null): Promise<string> {
    const [row] = await this.#app<{ answer: string }[]>`
      SELECT urn.change_idea(${this.orgId}, ${this.id}, ${idea}, ${act}, 'why', ${into}, ${this.orgId}) AS answer`;
    return row?.answer as string;
  }

  /** One answer an act: its code, or code and figures where it has them. */
  async move(acts: readonly TestAct[], app: Sql = this.#app): Promise<string[]> {
    const [row] = await app<{ answers: string }[]>`
      SELECT urn.allocate_coins(${this.orgId}, ${this.id}, decode(${acts.map(bytesOf).join('')}, 'hex')) AS answers`;
    return (row as { answers: string }).answers.split(',');
  }

  async purse(user: string): Promise<Purse> {
    const [row] = await this.#superuser<Purse[]>`
      SELECT available_coins::int AS available, allocated_coins::int AS allocated, expended_coins::int AS expended,
        expired_coins::int AS expired FROM app.coin_balances
      WHERE org_id = ${this.orgId} AND campaign_id = ${this.id} AND user_id = ${user}`;
    return { ...(row as Purse) };
  }

  /** Coins by idea. */
  async board(): Promise<Record<string, number>> {
    const rows = await this.#app<{ idea_id: string | null; coins: bigint | null }[]>`
      SELECT idea_id, coins FROM urn.coin_board(${this.orgId}, ${this.id})`;
    return Object.fromEntries(
      rows.filter((row) => row.idea_id !== null).map((row) => [row.idea_id, Number(row.coins)]),
    );
  }

  /** What contradicts each other in ledger, purses, allocations and log: nothing, if all is well. */
  async contradictions(): Promise<object[]> {
    return (await this.#superuser`SELECT * FROM app.audit_coins(${this.orgId}, ${this.id})`).map((row) => ({ ...row }));
  }
}

/** Campaigns of a test's database, each of an organisation of its own. */
export class TestCampaigns {
  readonly app: Sql;
  readonly superuser: Sql;

  constructor(ownerUrl: string) {
    this.app = connectAs(ownerUrl, 'psephos_app');
    this.superuser = connectAs(ownerUrl, null);
  }

  async campaign(): Promise<TestCampaign> {
    const orgId = randomUUID();
    await this.superuser`INSERT INTO app.organisations (org_id, name) VALUES (${orgId}, 'Test')`;
    return new TestCampaign(this.app, this.superuser, orgId);
  }

  async close(): Promise<void> {
    await Promise.all([this.app.end(), this.superuser.end()]);
  }
}

function listOf(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}
