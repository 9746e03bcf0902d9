import { describe, expect, test } from 'vitest';
import type { CampaignResultView } from '../../protocol/ideas.ts';
import { campaignResult } from '../../protocol/ideas.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { serveCampaigns } from './campaign-server.ts';

const { call, done, member } = await serveCampaigns(await freshDatabase());
const admin = await member('Grace', ['admin']);
const people = await Promise.all(['Ann', 'Ben', 'Cem', 'Dia', 'Eva', 'Finn'].map((name) => member(name)));
const [ann, ben, cem, dia, eva, finn] = people.map(({ as }) => as) as [string, string, string, string, string, string];

/** An active campaign that all six have joined, with ideas by title and cost; answers how to act in it. */
async function campaign(settings: object, costs: Record<string, number | null>) {
  const body = { title: 'Village', campaign_type: 'open', coin_policy: { initial_allocation: 10 }, ...settings };
  const { campaign_id: name } = await done('POST', '/v1/campaigns', { as: admin.as, body });
  const path = `/v1/campaigns/${name}`;
  await done('POST', `${path}/status`, { as: admin.as, body: { status: 'active' } });
  for (const { as } of people) await done('POST', `${path}/join`, { as, body: {} });
  const ideas: Record<string, string> = {};
  for (const [title, cost] of Object.entries(costs)) {
    const { id } = await done('POST', `${path}/ideas`, {
      as: ann,
      body: { title, ...(cost === null ? {} : { cost }) },
    });
    await done('PUT', `/v1/ideas/${id}/status`, { as: admin.as, body: { status: 'competing' } });
    ideas[title] = id;
  }
  return {
    path,
    ideas,
    give: (as: string, title: string, amount: number) =>
      done('POST', `${path}/coins/allocate`, { as, body: { idea_id: ideas[title], amount } }),
    complete: () => done('POST', `${path}/status`, { as: admin.as, body: { status: 'completed' } }),
    /** As clients do: asks again while it is being counted. */
    result: async (as = ann): Promise<CampaignResultView> => {
      for (;;) {
        const answer = await call('GET', `${path}/result`, { as });
        if (answer.status === 200) return campaignResult.parse(answer.json);
        expect(answer.json.error_code, answer.text).toMatch(/^LOAD_00[13]$/);
      }
    },
  };
}

const COSTS = { Stage: 9_000, Garden: 3_000, Library: 3_500, 'Bike racks': 1_000 };

/** The example of docs/guides/participatory-budget.md. */
async function village(rule: string, more: object = {}) {
  const made = await campaign({ preset: 'budget', budget: 12_000, budget_rule: rule, ...more }, COSTS);
  const gifts: [as: string, title: string, amount: number][] = [
    [ann, 'Stage', 10],
    [ben, 'Stage', 10],
    [cem, 'Stage', 6],
    [cem, 'Garden', 4],
    [dia, 'Stage', 4],
    [dia, 'Garden', 6],
    [eva, 'Library', 10],
    [finn, 'Library', 7],
    [finn, 'Bike racks', 3],
  ];
  for (const gift of gifts) await made.give(...gift);
  return made;
}

const winnersOf = ({ ideas }: CampaignResultView) => ideas.filter(({ wins }) => wins).map(({ title }) => title);

describe('a campaign with a budget', () => {
  test.each([
    ['greedy', ['Stage', 'Garden'], 12_000, null],
    ['equal_shares', ['Library', 'Garden'], 6_500, 'None: money that the shares do not reach is not spent.'],
    [
      'equal_shares_add1',
      ['Library', 'Garden', 'Bike racks'],
      7_500,
      'Every share was raised by 442 (add1): then no further idea fitted.',
    ],
  ])('%s', async (rule, winners, spent, completion) => {
    const result = await (await village(rule)).result();
    expect(result).toMatchObject({ rule, budget: 12_000, spent, completion, final: false });
    expect(winnersOf(result)).toEqual(winners);
    expect(result.ideas.map(({ rank }) => rank)).toEqual([1, 2, 3, 4]);
    const stage = result.ideas.find(({ title }) => title === 'Stage');
    expect(stage).toMatchObject({ cost: 9_000, coins: 30, givers: 4, votes: 30, tie: false });
  });

  test('follows every act, keeps what has not changed, and is final once it is completed', async () => {
    const made = await village('greedy');
    const before = await made.result();
    expect(await made.result()).toEqual(before);
    await expect(made.give(ann, 'Library', 1)).rejects.toThrow('COIN_001'); // refused: nothing has changed
    expect((await made.result()).pos).toBe(before.pos);
    const body = { from_idea_id: made.ideas.Stage, to_idea_id: made.ideas.Library, amount: 10 };
    for (const as of [ann, ben]) await done('POST', `${made.path}/coins/reallocate`, { as, body });
    const after = await made.result();
    expect(winnersOf(after)).toEqual(['Library', 'Garden', 'Bike racks']);
    expect(after.pos).toBeGreaterThan(before.pos);
    await made.complete();
    expect(await made.result()).toMatchObject({ final: true, spent: 7_500 });
  });

  test('an accepted idea stays in the count; costs that are not known cannot be paid', async () => {
    const made = await campaign(
      { preset: 'budget', budget: 5, budget_rule: 'greedy' },
      { Bench: 4, Dream: null, Tree: 4 },
    );
    await made.give(ann, 'Dream', 5);
    await made.give(ben, 'Bench', 2);
    await made.give(cem, 'Tree', 2);
    await done('PUT', `/v1/ideas/${made.ideas.Bench}/status`, { as: admin.as, body: { status: 'accepted' } });
    const { ideas } = await made.result();
    expect(ideas.map(({ title, wins, tie, cost }) => [title, wins, tie, cost])).toEqual([
      ['Bench', true, true, 4], // proposed before the tree
      ['Dream', false, false, null],
      ['Tree', false, true, 4],
    ]);
  });
});

describe('a campaign without one is ranked', () => {
  test.each([
    ['ideas', [16, 13]],
    ['priority', [16, 13]],
    ['quadratic', [4, 5]],
  ])('%s', async (preset, votes) => {
    const policy = { coin_policy: { initial_allocation: 16 } };
    const made = await campaign({ preset, ...policy }, { Alone: null, Together: null, Nobody: null });
    await made.give(ann, 'Alone', 16);
    await made.give(ben, 'Together', 4);
    await made.give(cem, 'Together', 9);
    await done('PUT', `/v1/ideas/${made.ideas.Alone}/status`, { as: admin.as, body: { status: 'accepted' } });
    const result = await made.result();
    expect(result).toMatchObject({ rule: 'ranking', budget: null, spent: null, completion: null });
    const expected = [
      { title: 'Alone', coins: 16, votes: votes[0], wins: true },
      { title: 'Together', coins: 13, votes: votes[1], wins: false },
    ];
    if (preset === 'quadratic') expected.reverse();
    expect(result.ideas).toMatchObject([...expected, { title: 'Nobody', coins: 0, rank: 3, tie: false }]);
  });
});

describe('who reads it, and how', () => {
  test('hidden totals are nobody’s before the end, and everybody’s after it', async () => {
    const made = await village('greedy', { hide_totals: true });
    for (const path of [`${made.path}/result`, `${made.path}/result.csv`]) {
      for (const { as } of [admin, { as: ann }]) {
        const { status, json } = await call('GET', path, { as });
        expect([status, json.error_code, json.details.reason]).toEqual([409, 'CONFLICT_001', 'totals_hidden']);
      }
    }
    await made.complete();
    expect(winnersOf(await made.result())).toEqual(['Stage', 'Garden']);
  });

  test('a closed campaign is not there for who is not invited', async () => {
    const { campaign_id: name } = await done('POST', '/v1/campaigns', {
      as: admin.as,
      body: { title: 'Closed', campaign_type: 'closed' },
    });
    const { status, json } = await call('GET', `/v1/campaigns/${name}/result`, { as: ann });
    expect([status, json.error_code]).toEqual([404, 'CAMPAIGN_001']);
    expect(await done('GET', `/v1/campaigns/${name}/result`, { as: admin.as })).toMatchObject({
      ideas: [],
      final: false,
    });
  });

  test('as CSV, and unchanged as 304', async () => {
    const made = await village('equal_shares');
    await made.result();
    const csv = await call('GET', `${made.path}/result.csv`, { as: ann });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.text.split('\r\n').slice(0, 3)).toEqual([
      'rank,wins,tie,title,cost,coins,givers,votes,idea_id',
      `1,yes,no,Library,3500,17,2,17,${made.ideas.Library}`,
      `2,yes,no,Garden,3000,10,2,10,${made.ideas.Garden}`,
    ]);
    const first = await call('GET', `${made.path}/result`, { as: ann });
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await call('GET', `${made.path}/result`, { as: ben, headers })).status).toBe(304);
  });

  test('many who ask at once are answered by one count', async () => {
    const made = await village('equal_shares_add1');
    const answers = await Promise.all(Array.from({ length: 20 }, () => made.result()));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });
});
