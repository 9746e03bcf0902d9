import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { TestCampaigns } from '../harness/campaign.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const campaigns = new TestCampaigns(database.ownerUrl);
afterAll(() => campaigns.close());

/** An active campaign with two competing ideas and as many members as asked for. */
async function active(members: number, preset = 'ideas', policy = {}) {
  const campaign = await campaigns.campaign();
  const users = await campaign.make(members, preset, policy);
  const [a, b] = [await campaign.idea(users[0] as string), await campaign.idea(users[0] as string)];
  expect(await campaign.change('activate')).toBe('done');
  return { campaign, users, a, b, user: users[0] as string };
}

test('coins are allocated, moved and taken back, and every figure agrees', async () => {
  const { campaign, user, a, b } = await active(1);
  expect(await campaign.move([{ user, to: a, amount: 30 }])).toEqual(['0:70:30:0:0:30']);
  expect(await campaign.move([{ user, from: a, to: b, amount: 10 }])).toEqual(['0:70:30:0:20:10']);
  expect(await campaign.move([{ user, from: b, amount: 10 }])).toEqual(['0:80:20:0:0:0']);
  expect(await campaign.board()).toEqual({ [a]: 20 });
  expect(await campaign.purse(user)).toEqual({ available: 80, allocated: 20, expended: 0, expired: 0 });
  expect(await campaign.contradictions()).toEqual([]);
});

test('the same act again is done once, whatever has become of the purse; another act under its name is refused', async () => {
  const { campaign, user, a, b } = await active(1);
  const request = randomUUID();
  const act = { user, to: a, amount: 100, request };
  expect(await campaign.move([act, act])).toEqual(['0:0:100:0:0:100', '1:0:100:0:0:100']);
  expect(await campaign.move([{ ...act, to: b }])).toEqual(['4']);
  expect(await campaign.change('complete')).toBe('done');
  expect(await campaign.move([act])).toEqual(['1:0:100:0:0:100']);
  expect(await campaign.move([{ user, from: a, amount: 1 }])).toEqual(['7']);
  expect(await campaign.board()).toEqual({ [a]: 100 });
  expect(await campaign.contradictions()).toEqual([]);
});

test('acts of one purse in one batch are done in their order; far too many are asked for again', async () => {
  const { campaign, user, a, b } = await active(1, 'ideas', { initial_allocation: 10 });
  const give = (amount: number, to = a) => ({ user, to, amount });
  expect(await campaign.move([give(6), give(5), give(4), { user, from: a, to: b, amount: 9 }])).toEqual([
    '0:4:6:0:0:6',
    'a:4:6:0:0:6',
    '0:0:10:0:0:10',
    '0:0:10:0:1:9',
  ]);
  const many = Array.from({ length: 10 }, () => ({ user, from: b, amount: 1 }));
  expect((await campaign.move(many)).map((answer) => answer[0]).join('')).toBe('00000000rr');
  expect(await campaign.board()).toEqual({ [a]: 1, [b]: 1 });
  expect(await campaign.contradictions()).toEqual([]);
});

test('a purse that somebody else holds is busy, and the rest of the batch goes on', async () => {
  const { campaign, users, a } = await active(2);
  const [first, second] = users as [string, string];
  const other = connectAs(database.ownerUrl, null);
  await other.begin(async (sql) => {
    await sql`SELECT FROM app.coin_balances WHERE campaign_id = ${campaign.id} AND user_id = ${first} FOR UPDATE`;
    expect(await campaign.move([first, second].map((user) => ({ user, to: a, amount: 1 })))).toEqual([
      '2',
      '0:99:1:0:0:1',
    ]);
  });
  await other.end();
  expect(await campaign.contradictions()).toEqual([]);
});

test('each refusal has its code and writes nothing', async () => {
  const { campaign, user, a, b } = await active(1, 'ideas', { allow_reallocation: false, allow_recycling: false });
  const pending = await campaign.idea(user, 'pending');
  const accepted = await campaign.idea(user);
  expect(await campaign.move([{ user, to: accepted, amount: 5 }])).toEqual(['0:95:5:0:0:5']);
  expect(await campaign.decide(accepted, 'accept')).toBe('done');
  expect(await campaign.move([{ user, to: a, amount: 10 }])).toEqual(['0:85:10:5:0:10']);
  const stranger = randomUUID();
  const cases = [
    [{ user: stranger, to: a, amount: 1 }, '3'],
    [{ user, to: a, amount: 86 }, 'a:85:10:5:0:10'],
    [{ user, from: a, to: b, amount: 1 }, 'c'],
    [{ user, from: a, amount: 1 }, 'd'],
    [{ user, to: stranger, amount: 1 }, 'e'],
    [{ user, to: pending, amount: 1 }, 'f'],
    [{ user, to: accepted, amount: 1 }, 'g'],
    [{ user, from: accepted, to: a, amount: 1 }, 'h'],
    [{ user, from: stranger, amount: 1 }, 'i'],
  ] as const;
  for (const [act, code] of cases) expect(await campaign.move([act])).toEqual([code]);
  expect(await campaign.board()).toEqual({ [a]: 10, [accepted]: 5 });
  expect(await campaign.contradictions()).toEqual([]);
});

test('accepting expends, rejecting returns and merging moves the coins of an idea', async () => {
  const { campaign, users, a, b } = await active(2);
  const [first, second] = users as [string, string];
  const c = await campaign.idea(first);
  await campaign.move([
    { user: first, to: a, amount: 10 },
    { user: second, to: a, amount: 20 },
    { user: second, to: b, amount: 5 },
    { user: second, to: c, amount: 7 },
  ]);
  expect(await campaign.decide(a, 'merge', b)).toBe('done');
  expect(await campaign.board()).toEqual({ [b]: 35, [c]: 7 });
  expect(await campaign.decide(b, 'accept')).toBe('done');
  expect(await campaign.decide(b, 'accept')).toBe('accepted');
  expect(await campaign.decide(c, 'reject')).toBe('done');
  expect(await campaign.board()).toEqual({ [b]: 35 });
  expect(await campaign.purse(first)).toEqual({ available: 90, allocated: 0, expended: 10, expired: 0 });
  expect(await campaign.purse(second)).toEqual({ available: 75, allocated: 0, expended: 25, expired: 0 });
  expect(await campaign.decide(b, 'start')).toBe('done');
  expect(await campaign.decide(b, 'complete')).toBe('done');
  expect(await campaign.contradictions()).toEqual([]);
});

test('in a quadratic campaign k votes cost k x k coins, and a merge keeps whole votes', async () => {
  const { campaign, user, a, b } = await active(1, 'quadratic');
  expect(await campaign.move([{ user, to: a, amount: 2 }])).toEqual(['k:100:0:0:0:0']);
  expect(
    await campaign.move([
      { user, to: a, amount: 9 },
      { user, to: a, amount: 7 },
    ]),
  ).toEqual(['0:91:9:0:0:9', '0:84:16:0:0:16']);
  expect(await campaign.move([{ user, to: b, amount: 4 }])).toEqual(['0:80:20:0:0:4']);
  expect(await campaign.decide(b, 'merge', a)).toBe('done');
  expect(await campaign.board()).toEqual({ [a]: 16 });
  expect(await campaign.purse(user)).toEqual({ available: 84, allocated: 16, expended: 0, expired: 0 });
  expect(await campaign.contradictions()).toEqual([]);
});

test('coins are issued once: on activation, to late joiners, and for each own idea that is approved', async () => {
  const campaign = await campaigns.campaign();
  const [user] = (await campaign.make(1, 'ideas', { initial_allocation: 50, idea_submission_reward: 5 })) as [string];
  const early = await campaign.idea(user, 'pending');
  expect(await campaign.decide(early, 'approve')).toBe('done');
  expect(await campaign.change('activate')).toBe('done');
  expect(await campaign.purse(user)).toMatchObject({ available: 55 });
  const late = await campaign.idea(user, 'pending');
  expect(await campaign.decide(late, 'approve')).toBe('done');
  expect(await campaign.decide(late, 'approve')).toBe('competing');
  expect(await campaign.purse(user)).toMatchObject({ available: 60 });
  const [joiner] = (await campaign.join(1)) as [string];
  expect(await campaign.openPurses([joiner])).toBe(1);
  await campaign.openPurses([joiner], false);
  expect(await campaign.move([{ user: joiner, to: late, amount: 1 }])).toEqual(['3']);
  expect(await campaign.openPurses([joiner])).toBe(0);
  expect(await campaign.purse(joiner)).toMatchObject({ available: 50 });
  expect(await campaign.contradictions()).toEqual([]);
});

test('coins in purses expire at the end, and what returns after that expires too', async () => {
  const { campaign, user, a, b } = await active(1, 'ideas', { coin_expiry: 'at_end' });
  await campaign.move([
    { user, to: a, amount: 10 },
    { user, to: b, amount: 20 },
  ]);
  expect(await campaign.change('complete')).toBe('done');
  expect(await campaign.purse(user)).toEqual({ available: 0, allocated: 30, expended: 0, expired: 70 });
  expect(await campaign.decide(a, 'accept')).toBe('done');
  expect(await campaign.decide(b, 'reject')).toBe('done');
  expect(await campaign.purse(user)).toEqual({ available: 0, allocated: 0, expended: 10, expired: 90 });
  expect(await campaign.contradictions()).toEqual([]);
});
