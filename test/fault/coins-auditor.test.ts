import { describe, expect, test } from 'vitest';
import { auditCoins, type CoinEvidence, type MoveRecord } from '../../loadtest/fault/coins-auditor.ts';
import { type PlannedMove, planCoins } from '../../loadtest/fault/coins-plan.ts';

const MEMBER = 'f0000000-0000-4000-8000-000000000001';
const [A, B] = ['a0000000-0000-4000-8000-00000000000a', 'b0000000-0000-4000-8000-00000000000b'];
const REQUEST = '10000000-0000-4000-8000-000000000001';

const give: PlannedMove = { atMs: 0, member: 0, device: 0, requestId: REQUEST, from: null, to: 0, amount: 4 };
const done: MoveRecord['told'] = { kind: 'done' };
const row = { holder: MEMBER, request_id: REQUEST, kind: 'allocate', amount: 4, debit_of: null, credit_of: A };
const good: CoinEvidence = {
  ground: { orgId: '', campaignId: '', memberIds: [MEMBER], ideaIds: [A, B] },
  coins: 10,
  records: [{ move: give, told: done }],
  ledger: [row],
  purses: [{ user_id: MEMBER, available: 6, allocated: 4 }],
  contradictions: [],
};
const kindsOf = (wrong: Partial<CoinEvidence>) => auditCoins({ ...good, ...wrong }).map(({ kind }) => kind);

describe('the auditor of coins', () => {
  test('finds nothing where the ledger is what was told', () => {
    expect(kindsOf({})).toEqual([]);
    const refused: MoveRecord = {
      move: { ...give, requestId: REQUEST.replace('1', '2'), amount: 9 },
      told: { kind: 'refused', code: 'COIN_001' },
    };
    expect(kindsOf({ records: [...good.records, refused] })).toEqual([]);
  });

  test('an act that was acknowledged and is not in the ledger is lost, with another amount or idea as well', () => {
    const untouched = [{ user_id: MEMBER, available: 10, allocated: 0 }];
    expect(kindsOf({ ledger: [], purses: untouched })).toEqual(['lost']);
    expect(kindsOf({ ledger: [{ ...row, credit_of: B }] })).toContain('lost');
  });

  test('an act that nobody was told of comes from nothing', () => {
    expect(kindsOf({ records: [] })).toEqual(['created']);
  });

  test('an act that is there twice is doubled', () => {
    expect(kindsOf({ ledger: [row, row], purses: [{ user_id: MEMBER, available: 2, allocated: 8 }] })).toEqual([
      'doubled',
    ]);
  });

  test('coins that a purse has too many or too few of, and what the product finds itself, come from nothing', () => {
    expect(kindsOf({ purses: [{ user_id: MEMBER, available: 7, allocated: 4 }] })).toEqual(['created']);
    expect(kindsOf({ contradictions: ['board coins of …'] })).toEqual(['created']);
  });

  test('an act without a certain answer, or refused after it was done, was told untruly', () => {
    const unsure: MoveRecord = { move: { ...give, amount: 5 }, told: { kind: 'refused', code: 'LOAD_004' } };
    expect(kindsOf({ records: [...good.records, unsure] })).toEqual(['untrue']);
    const late: MoveRecord = { move: give, told: { kind: 'refused', code: 'CONFLICT_001' } };
    expect(kindsOf({ records: [...good.records, late] })).toEqual(['untrue']);
  });
});

test('the same seed gives the same acts', () => {
  expect(planCoins(7, 3, 2)).toEqual(planCoins(7, 3, 2));
  expect(planCoins(7, 3, 2)).not.toEqual(planCoins(7, 4, 2));
  for (const { from, to } of planCoins(7, 3, 2).moves) expect(from).not.toBe(to);
});
