import { expect, test } from 'vitest';
import { type NewElection, type ResultJson, resultToJson } from '../../engine/index.ts';
import {
  accepted,
  castOf,
  issueTo,
  newElection,
  newOrganisation,
  newVoters,
  ONE_VOTE,
  openEngine,
  type Voter,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

const engine = await openEngine(await freshDatabase());
const orgId = await newOrganisation(engine);

const YES = { choice: 'yes' };
const NO = { choice: 'no' };
const ABSTAIN = { choice: 'abstain' };

/** Holds an election from draft to result: a roll of `roll` voters, of whom the first cast these ballots. */
async function hold(
  more: Partial<NewElection>,
  roll: number,
  ballots: readonly unknown[],
  weightOf: (index: number) => bigint = () => ONE_VOTE,
  present?: number,
): Promise<ResultJson> {
  const voters = newVoters(roll);
  const election = await newElection(engine, orgId, more);
  const { electionId } = election;
  await issueTo(engine, election, voters, (_, index) => weightOf(index));
  accepted(await engine.elections.open(orgId, electionId, 'mia'));
  const casts = ballots.map((ballot, i) => engine.elections.cast(orgId, castOf(election, voters[i] as Voter, ballot)));
  for (const cast of await Promise.all(casts)) accepted(cast);
  if (present !== undefined) accepted(await engine.elections.setPresent(orgId, electionId, present, 'mia'));
  accepted(await engine.elections.close(orgId, electionId, 'mia'));
  const result = resultToJson(accepted(await engine.elections.result(orgId, electionId)));
  expect(accepted(await engine.elections.recount(orgId, electionId))).toMatchObject({
    ballots: ballots.length,
    equalsTally: true,
    equalsResult: true,
  });
  return result;
}

const times = (count: number, ballot: unknown) => Array.from({ length: count }, () => ballot);

test('quorum by share of the roll: abstentions help to reach it, one ballot fewer and nothing is carried', async () => {
  const rules = { quorum: { share: { numerator: 1, denominator: 2 } } };
  const reached = await hold({ rules }, 11, [...times(3, YES), NO, ...times(2, ABSTAIN)]);
  expect(reached.ruling).toMatchObject({
    outcome: 'carried',
    quorum_reached: true,
    quorum: { unit: 'weight', needed: '6', given: '6', reached: true },
  });
  const missed = await hold({ rules }, 11, times(5, YES));
  expect(missed.ruling).toMatchObject({
    outcome: 'not_carried',
    quorum_reached: false,
    quorum: { needed: '6', given: '5', reached: false },
    decided_by: 'no quorum: needed 6 votes, cast 5',
  });
});

test('quorum by share counts weight, quorum by number counts ballots', async () => {
  const heavyFirst = (index: number) => (index === 0 ? 10n * ONE_VOTE : ONE_VOTE);
  const byShare = await hold({ rules: { quorum: { share: { numerator: 2, denominator: 3 } } } }, 6, [YES], heavyFirst);
  expect(byShare.roll).toMatchObject({ count: 6, weight: '15' });
  expect(byShare.ruling).toMatchObject({ outcome: 'carried', quorum: { needed: '10', given: '10', reached: true } });
  const byNumber = await hold({ rules: { quorum: { number: 2 } } }, 6, [YES], heavyFirst);
  expect(byNumber.ruling).toMatchObject({
    outcome: 'not_carried',
    quorum: { unit: 'ballots', needed: '2', given: '1', reached: false },
  });
});

test('an absolute majority of those present, whose number is told while the vote is open', async () => {
  const rules = { majority: { base: 'present' as const, threshold: 'absolute' as const } };
  const short = await hold({ rules, present: 5 }, 10, [...times(5, YES), NO], undefined, 10);
  expect(short.roll.present).toBe(10);
  expect(short.ruling).toMatchObject({
    outcome: 'not_carried',
    majority: { base: 'present', base_weight: '10', needed: '6', given: '5', reached: false },
  });
  const enough = await hold({ rules, present: 9 }, 10, [...times(5, YES), NO]);
  expect(enough.ruling).toMatchObject({ outcome: 'carried', majority: { needed: '5', given: '5' } });
  const nobodyCounted = await hold({ rules }, 10, times(10, YES));
  expect(nobodyCounted.ruling).toMatchObject({ outcome: 'not_carried', majority: null });
  expect(nobodyCounted.ruling.decided_by).toBe('the number of people present was not recorded');
});

test('two thirds of the whole roll', async () => {
  const rules = { majority: { base: 'roll' as const, threshold: 'two_thirds' as const } };
  const ruling = async (yes: number) => (await hold({ rules }, 9, times(yes, YES))).ruling;
  expect(await ruling(6)).toMatchObject({
    outcome: 'carried',
    majority: { base_weight: '9', needed: '6', given: '6' },
  });
  expect(await ruling(5)).toMatchObject({ outcome: 'not_carried', majority: { needed: '6', given: '5' } });
});

test('three quarters of the votes with abstentions, and of the valid votes', async () => {
  const ballots = [...times(6, YES), NO, ...times(2, ABSTAIN)];
  const ruling = async (base: 'valid' | 'with_abstentions') =>
    (await hold({ rules: { majority: { base, threshold: 'three_quarters' } } }, 9, ballots)).ruling;
  expect(await ruling('valid')).toMatchObject({ outcome: 'carried', majority: { base_weight: '7', needed: '6' } });
  expect(await ruling('with_abstentions')).toMatchObject({
    outcome: 'not_carried',
    majority: { base_weight: '9', needed: '7', given: '6' },
  });
});

test('a custom fraction of weights that are no whole votes', async () => {
  const threshold = { numerator: 3, denominator: 5 };
  const weights = [1_500_000n, 750_000n, 250_000n];
  const rules = { majority: { base: 'valid' as const, threshold } };
  const weightOf = (index: number) => weights[index] ?? ONE_VOTE;
  const result = await hold({ rules }, 3, [YES, NO, NO], weightOf);
  expect(result.ruling).toMatchObject({
    outcome: 'carried',
    majority: { base_weight: '2.5', needed: '1.5', given: '1.5', reached: true },
  });
});

test('as many yes as no: a tie carries nothing, and is called one', async () => {
  const result = await hold({}, 4, [YES, YES, NO, NO]);
  expect(result.ruling).toMatchObject({ outcome: 'not_carried', tie: true, decided_by: 'tie: 2 yes, as many no' });
});

test('a vote in which nobody voted', async () => {
  const result = await hold({}, 4, []);
  expect(result.ruling.outcome).toBe('not_carried');
  expect(result.count.ballots).toEqual({ cast: 0, valid: 0, blank: 0, abstained: 0 });
});

test('a plurality winner needs the majority that the rules ask for', async () => {
  const options = ['ada', 'grace', 'edsger'].map((id) => ({ id, title: id }));
  const method = { method: 'choose' as const, settings: { min: 1, max: 1, seats: 1 } };
  const ballots = [...times(4, { options: ['ada'] }), ...times(3, { options: ['grace'] }), { options: ['edsger'] }];
  const without = await hold({ method, options }, 8, ballots);
  expect(without.ruling).toMatchObject({ outcome: 'elected', elected: ['ada'], majority: null });
  const rules = { majority: { base: 'valid' as const, threshold: 'absolute' as const } };
  const asked = await hold({ method, options, rules }, 8, ballots);
  expect(asked.ruling).toMatchObject({
    outcome: 'not_elected',
    elected: [],
    majority: { base_weight: '8', needed: '5', given: '4', reached: false },
  });
});

test('instant run-off elects through its rounds, and a quorum that was missed elects nobody', async () => {
  const options = ['ada', 'grace', 'edsger'].map((id) => ({ id, title: id }));
  const method = { method: 'irv' as const, settings: {} };
  const ballots = [
    ...times(4, { ranking: ['ada'] }),
    ...times(3, { ranking: ['grace', 'edsger'] }),
    ...times(2, { ranking: ['edsger', 'grace'] }),
  ];
  const elected = await hold({ method, options, rules: { quorum: { number: 9 } } }, 20, ballots);
  expect(elected.ruling).toMatchObject({ outcome: 'elected', elected: ['grace'] });
  expect(elected.count.rounds.length).toBeGreaterThan(1);
  const missed = await hold({ method, options, rules: { quorum: { number: 10 } } }, 20, ballots);
  expect(missed.count.winners).toEqual(['grace']);
  expect(missed.ruling).toMatchObject({ outcome: 'not_elected', elected: [], quorum_reached: false });
});
