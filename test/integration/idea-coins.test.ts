import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { FAILURES } from '../../gateway/errors.ts';
import { IDEA_ACTS } from '../../protocol/ideas.ts';
import { type TestCampaign, TestCampaigns } from '../harness/campaign.ts';
import { accepted, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

/** The tables of docs/guides/coins.md: idea status x act x rules of the campaign -> what the ledger says afterwards. */

const database = await freshDatabase();
const engine = await openEngine(database);
const campaigns = new TestCampaigns(database.ownerUrl);
afterAll(() => campaigns.close());

const GUIDE = readFileSync(new URL('../../docs/guides/coins.md', import.meta.url), 'utf8');

/** Rows of the table whose first heading is `corner`, by the first cell and the heading of the column. */
function table(corner: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const lines = GUIDE.split('\n');
  const from = lines.findIndex((line) => line.startsWith(`| ${corner} |`));
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [, ...headings] = cells(lines[from] as string);
  const rows = new Map<string, ReadonlyMap<string, string>>();
  for (let at = from + 2; lines[at]?.startsWith('|'); at += 1) {
    const [name, ...values] = cells(lines[at] as string);
    rows.set(name as string, new Map(values.map((value, n) => [headings[n] as string, value])));
  }
  return rows;
}

const CELLS = table('status');
const WAYS = table('movement');
const RULES = {
  default: ['ideas', {}],
  expired: ['ideas', {}],
  'no recycling': ['ideas', { allow_recycling: false }],
  'no reallocation': ['ideas', { allow_reallocation: false }],
  quadratic: ['quadratic', {}],
} as const;
const REWARD = 5;
/** What the first and the second giver have on an idea, and the first on the one that it is merged into. */
const GIVEN = { first: 9, second: 16, onTarget: 4 };
const STEPS: Readonly<Record<string, readonly string[]>> = {
  accepted: ['accept'],
  in_progress: ['accept', 'start'],
  complete: ['accept', 'start', 'complete'],
  rejected: ['reject'],
};

interface Prepared {
  readonly campaign: TestCampaign;
  readonly status: string;
  readonly act: (typeof IDEA_ACTS)[number];
  readonly idea: string;
  readonly target: string;
}

/** An idea of that status, with the coins it has then, and another one to merge it into. */
async function prepare(
  campaign: TestCampaign,
  users: readonly string[],
  status: string,
  act: Prepared['act'],
): Promise<Prepared> {
  const [first, second, submitter] = users as [string, string, string];
  if (status === 'pending' || status === 'approved') {
    const target = await campaign.idea(submitter, status === 'pending' ? 'competing' : 'approved');
    return { campaign, status, act, idea: await campaign.idea(submitter, status), target };
  }
  const [idea, target] = [await campaign.idea(submitter), await campaign.idea(submitter)];
  await campaign.move([
    { user: first, to: idea, amount: GIVEN.first },
    { user: second, to: idea, amount: GIVEN.second },
    { user: first, to: target, amount: GIVEN.onTarget },
  ]);
  for (const step of STEPS[status] ?? []) expect(await campaign.decide(idea, step)).toBe('done');
  return { campaign, status, act, idea, target };
}

/** Each movement in the ledger so far: who, from where to where, how much. */
async function ledger({ orgId, id }: TestCampaign): Promise<ReadonlyMap<string, string>> {
  const rows = await campaigns.superuser<{ holder: string; request_id: string; way: string; amount: bigint }[]>`
    SELECT holder, request_id, debit || ' -> ' || credit AS way, amount FROM app.ledger WHERE org_id = ${orgId} AND book = ${id}`;
  return new Map(rows.map((row) => [`${row.holder} ${row.request_id}`, `${row.holder} ${row.way} ${row.amount}`]));
}

/** What the guide says that the ledger has for a cell. */
function expected(cell: string, rules: string, users: readonly string[]): string[] {
  const [first, second, submitter] = users as [string, string, string];
  const way = cell === 'nothing' ? cell : (WAYS.get(cell)?.get(rules) as string);
  if (way === 'nothing') return [];
  if (cell === 'reward') return [`${submitter} ${way} ${REWARD}`];
  const [main, rest] = way.split(', the rest ');
  const moved = [`${first} ${main} ${GIVEN.first}`, `${second} ${main} ${GIVEN.second}`];
  return (rest === undefined ? moved : [...moved, `${first} ${rest} ${GIVEN.onTarget}`]).sort();
}

test('the guide has a cell for each status, act and rule', () => {
  expect([...CELLS.keys()].sort()).toEqual(
    ['pending', 'approved', 'competing', 'accepted', 'in_progress', 'complete', 'rejected'].sort(),
  );
  for (const cells of CELLS.values()) expect([...cells.keys()].sort()).toEqual([...IDEA_ACTS].sort());
  for (const ways of WAYS.values()) expect([...ways.keys()]).toEqual(Object.keys(RULES));
  expect([...WAYS.keys()]).toEqual(['reward', 'return', 'merge', 'expend']);
});

test.each(Object.entries(RULES))('coins go where the guide says: %s', async (rules, [preset, policy]) => {
  const campaign = await campaigns.campaign();
  const draft = await campaigns.campaign();
  const policyOf = { initial_allocation: 1_000_000, idea_submission_reward: REWARD, ...policy };
  const users = await campaign.make(3, preset, policyOf);
  const others = await draft.make(3, preset, policyOf);
  expect(await campaign.change('activate')).toBe('done');
  const prepared: Prepared[] = [];
  for (const [status, cells] of CELLS) {
    for (const act of cells.keys()) {
      const [place, people] = status === 'approved' ? [draft, others] : [campaign, users];
      prepared.push(await prepare(place, people, status, act as Prepared['act']));
    }
  }
  if (rules === 'expired') expect(await campaign.change('expire')).toBe('done');
  for (const { campaign: place, status, act, idea, target } of prepared) {
    const cell = CELLS.get(status)?.get(act) as string;
    const what = `${rules}: ${act} where it is ${status}`;
    const viewer = { memberId: null, roles: ['admin' as const], actor: place.orgId };
    const before = await ledger(place);
    const seen = accepted(await engine.ideas.seen(place.orgId, idea, viewer));
    const outcome = await engine.ideas.decide(seen, viewer, { act, reason: 'Why', into: target });
    const moved = [...(await ledger(place))].filter(([key]) => !before.has(key)).map(([, movement]) => movement);
    if (/^[A-Z]+_\d{3}$/.test(cell)) {
      expect(outcome.ok ? 'done' : FAILURES[outcome.failure.kind].code, what).toBe(cell);
      expect(moved, what).toEqual([]);
      expect(accepted(await engine.ideas.seen(place.orgId, idea, viewer)).idea.status, what).toBe(status);
    } else {
      accepted(outcome);
      expect(moved.sort(), what).toEqual(expected(cell, rules, users));
    }
  }
  expect(await campaign.contradictions()).toEqual([]);
  expect(await draft.contradictions()).toEqual([]);
});

test('what the status of the campaign does not allow has a code of its own, and moves nothing', async () => {
  const campaign = await campaigns.campaign();
  const users = await campaign.make(2);
  const [user] = users as [string];
  const viewer = { memberId: null, roles: ['admin' as const], actor: campaign.orgId };
  const decide = async (idea: string, act: Prepared['act'], into?: string) => {
    const seen = accepted(await engine.ideas.seen(campaign.orgId, idea, viewer));
    const outcome = await engine.ideas.decide(seen, viewer, { act, reason: 'Why', into });
    return outcome.ok ? outcome.value.status : [FAILURES[outcome.failure.kind].code, outcome.failure.details?.reason];
  };
  const waiting = await campaign.idea(user, 'pending');
  const early = await campaign.idea(user, 'competing'); // as after a campaign that was begun by mistake: none of the product's ways leads here
  expect(await decide(early, 'accept')).toEqual(['CAMPAIGN_003', undefined]);
  expect(await decide(waiting, 'approve')).toBe('approved');
  await campaign.change('activate');
  const [a, b, pending] = [await campaign.idea(user), await campaign.idea(user), await campaign.idea(user, 'pending')];
  expect(await decide(a, 'merge', a)).toEqual(['CONFLICT_001', 'no_target']);
  expect(await decide(a, 'merge', pending)).toEqual(['CONFLICT_001', 'no_target']);
  expect(await decide(a, 'merge', campaign.id)).toEqual(['CONFLICT_001', 'no_target']);
  await campaign.move([{ user, to: a, amount: 10 }]);
  await campaign.change('complete');
  expect(await decide(pending, 'approve')).toEqual(['CAMPAIGN_004', undefined]);
  expect(await decide(a, 'merge', b)).toBe('rejected');
  expect(await decide(b, 'accept')).toBe('accepted');
  expect(await campaign.purse(user)).toEqual({ available: 90, allocated: 0, expended: 10, expired: 0 });
  await campaign.change('archive');
  expect(await decide(b, 'start')).toEqual(['CAMPAIGN_002', undefined]);
  expect(await decide(pending, 'reject')).toEqual(['CAMPAIGN_002', undefined]);
  expect(await campaign.contradictions()).toEqual([]);
});

test('a rejection needs a reason and a merge its target', async () => {
  const campaign = await campaigns.campaign();
  const [user] = (await campaign.make(1)) as [string];
  await campaign.change('activate');
  const viewer = { memberId: null, roles: ['admin' as const], actor: campaign.orgId };
  const seen = accepted(await engine.ideas.seen(campaign.orgId, await campaign.idea(user), viewer));
  for (const [act, path] of [
    ['reject', 'reason'],
    ['merge', 'merge_into'],
  ] as const) {
    const outcome = await engine.ideas.decide(seen, viewer, { act });
    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'invalid_input', details: { fields: [{ path }] } } });
  }
  const rejected = accepted(await engine.ideas.decide(seen, viewer, { act: 'reject', reason: 'Too dear' }));
  expect([rejected.status, rejected.rejectedReason]).toEqual(['rejected', 'Too dear']);
});
