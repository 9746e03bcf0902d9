import { expect, test } from 'vitest';
import { methodOf } from '../../../engine/elections/counting/index.ts';
import { contestWith, countOf, inVotes } from '../../harness/profile.ts';

const contest = contestWith(['yes', 'no'], {});

// UK House of Commons, 15 January 2019, European Union (Withdrawal) Act: Ayes 202, Noes 432.
test('a division of the House of Commons', () => {
  const count = countOf('motion', contest, [
    [202, { choice: 'yes' }],
    [432, { choice: 'no' }],
  ]);
  expect(inVotes(count.totals)).toEqual({ yes: '202', no: '432' });
  expect(count.winners).toEqual(['no']);
  expect(count.ranking).toEqual([['no'], ['yes']]);
});

test('abstentions are counted apart and a tie stays open', () => {
  const count = countOf('motion', contest, [
    [2, { choice: 'yes' }],
    [2, { choice: 'no' }],
    [3, { choice: 'abstain' }],
  ]);
  expect(count.ballots).toEqual({ cast: 7, valid: 4, blank: 0, abstained: 3 });
  expect(count.winners).toEqual([]);
  expect(count.ties).toEqual([{ options: ['yes', 'no'], places: 1, between: 'election', brokenBy: null, chosen: [] }]);
});

test('refuses what is no choice, and other options', () => {
  const { encode, check } = methodOf('motion');
  expect(encode(contest, { choice: 'maybe' })).toEqual({
    ok: false,
    problems: [{ path: 'choice', problem: 'not one of yes, no, abstain' }],
  });
  expect(encode(contest, {}).ok).toBe(false);
  expect(encode(contest, { choice: 'yes', why: 'because' })).toEqual({
    ok: false,
    problems: [{ path: 'why', problem: 'unknown field' }],
  });
  expect(check(contest)).toEqual([]);
  expect(check(contestWith(['no', 'yes'], {}))).toHaveLength(1);
});
