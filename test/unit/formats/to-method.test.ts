import { describe, expect, test } from 'vitest';
import { methodsOf, readElectionFile, toMethod } from '../../../loadtest/replay/formats/index.ts';
import { METHOD_IDS, methods } from '../../../protocol/methods/index.ts';
import { refusal } from './refusal.ts';

const folder = 'test/harness/election-files';
const files = [
  'food.toi',
  'committee-old-form.toc',
  'council.csv',
  'parks-approval.pb',
  'streets-ordinal.pb',
  'schools-scoring.pb',
];

const head = 'META\nkey;value\nvote_type;cumulative\nmax_sum_points;5\nPROJECTS\nproject_id\na\nb\nc\n';
const cumulative = (votes: string) =>
  readElectionFile({ name: 'c.pb', text: `${head}VOTES\nvoter_id;vote;points\n${votes}` });

function ballots(election: ReturnType<typeof toMethod>) {
  return [...election.ballots].map(({ ballot }) => ballot);
}

describe.each(files)('%s', (file) => {
  test('every method it can be voted with has settings and ballots of the protocol, one per voter', async () => {
    const parsed = await readElectionFile(`${folder}/${file}`);
    for (const method of methodsOf(parsed)) {
      const election = toMethod(parsed, { method });
      expect(election.method).toBe(method);
      expect(election.ballots).toHaveLength(parsed.voters);
      const ids = new Set(election.options.map(({ id }) => id));
      for (const { ballot } of election.ballots) {
        const read = methods[method].ballot.parse(ballot);
        for (const id of idsIn(read)) expect(ids).toContain(id);
      }
    }
  });

  test('any other method is refused with those that fit', async () => {
    const parsed = await readElectionFile(`${folder}/${file}`);
    for (const method of METHOD_IDS.filter((id) => !methodsOf(parsed).includes(id))) {
      const refused = await refusal(() => toMethod(parsed, { method }));
      expect(refused.message).toContain(`cannot be cast with ${method}; they can with ${methodsOf(parsed).join(', ')}`);
    }
  });
});

function idsIn(ballot: object): string[] {
  return Object.values(ballot).flatMap((value: unknown) =>
    Array.isArray(value) ? value.flat() : Object.keys(value as object),
  );
}

describe('rankings', () => {
  test('irv and stv: a last tie of a complete order is unranked, another one ends the ballot', async () => {
    const complete = toMethod(await readElectionFile(`${folder}/committee-old-form.toc`), { method: 'stv', seats: 2 });
    expect(complete).toMatchObject({ method: 'stv', settings: { seats: 2 } });
    expect([0, 4, 7, 9].map((voter) => complete.ballots.at(voter).ballot)).toEqual([
      { ranking: ['1', '2'] },
      { ranking: ['3'] },
      { ranking: ['2'] },
      { ranking: ['4', '3', '2', '1'] },
    ]);
    expect(complete.notes).toEqual([
      'ballots whose last options are all tied, left unranked: 7',
      'ballots ended by a tie, as an overvote: 2',
    ]);
    const partial = toMethod(await readElectionFile(`${folder}/food.toi`), { method: 'irv' });
    expect([0, 5, 8, 10, 11].map((voter) => partial.ballots.at(voter).ballot)).toEqual(
      [['1'], [], ['3'], ['4', '2'], ['2', '3']].map((ranking) => ({ ranking })),
    );
    // 2,3,{1,4} ranks all four, so its tie is 'the rest' although the file may hold incomplete orders
    expect(partial.notes).toEqual([
      'ballots whose last options are all tied, left unranked: 1',
      'ballots ended by a tie, as an overvote: 8',
    ]);
  });

  test('schulze and borda keep ties in inner lists', async () => {
    const parsed = await readElectionFile(`${folder}/food.toi`);
    for (const method of ['schulze', 'borda', 'Condorcet']) {
      expect(toMethod(parsed, { method }).ballots.at(0)).toEqual({ ballot: { ranking: ['1', ['2', '3'], '4'] } });
    }
  });

  test('choose: first preference, the first ranks of a block vote, the first rank of approval', async () => {
    const parsed = await readElectionFile(`${folder}/food.toi`);
    const marks = (method: string, seats = 1) => {
      const election = toMethod(parsed, { method, seats });
      return [election.settings, [0, 5, 8].map((voter) => election.ballots.at(voter).ballot), election.notes];
    };
    const plurality = [
      { min: 1, max: 1, seats: 1 },
      [{ options: ['1'] }, { options: [] }, { options: ['3'] }],
      ['ballots that tie more options than they have marks left, blank: 3'],
    ];
    expect(marks('choose')).toEqual(plurality);
    expect(marks('Plurality')).toEqual(plurality);
    expect(marks('block', 2)).toEqual([
      { min: 1, max: 2, seats: 2 },
      [{ options: ['1'] }, { options: ['1', '4'] }, { options: ['3'] }],
      ['ballots that tie more options than they have marks left, their marks end above it: 5'],
    ]);
    expect(marks('approval')).toEqual([
      { min: 1, max: 4, seats: 1 },
      [{ options: ['1'] }, { options: ['1', '4'] }, { options: ['3'] }],
      [],
    ]);
  });

  test('the suggested irv becomes stv for several seats; blank ballots stay', async () => {
    const parsed = await readElectionFile(`${folder}/council.csv`);
    expect(toMethod(parsed).method).toBe('irv');
    expect(toMethod(parsed, { seats: 2 }).method).toBe('stv');
    expect(toMethod(parsed, { method: 'rcv', seats: 2 }).method).toBe('stv');
    expect(ballots(toMethod(parsed)).filter((ballot) => JSON.stringify(ballot) === '{"ranking":[]}')).toHaveLength(3);
  });
});

describe('weights and voters', () => {
  test('one ballot per voter, each with its weight, in the order of the file', async () => {
    const parsed = await readElectionFile({ name: 'w.csv', text: 'rank1,weight,count\nA,2.5,2\nB,1,1\n' });
    const election = toMethod(parsed);
    const voters = [
      { ballot: { ranking: ['A'] }, weight: 2_500_000n },
      { ballot: { ranking: ['A'] }, weight: 2_500_000n },
      { ballot: { ranking: ['B'] }, weight: 1_000_000n },
    ];
    expect([...election.ballots]).toEqual(voters);
    expect(election.ballots.at(2)).toEqual(voters[2]);
    expect(() => election.ballots.at(3)).toThrow(RangeError);
    expect(election.weighted).toBe(true);
  });

  test('weights of one vote each are no weighted election', async () => {
    const parsed = await readElectionFile({ name: 'w.csv', text: 'rank1,weight\nA,1\n' });
    expect(toMethod(parsed).weighted).toBe(false);
  });
});

describe('marks, points and scores', () => {
  test('approvals: the bounds of the file, or of the variant if all ballots keep them', async () => {
    const parsed = await readElectionFile(`${folder}/parks-approval.pb`);
    expect(toMethod(parsed).settings).toEqual({ min: 1, max: 2, seats: 2 });
    expect(toMethod(parsed, { method: 'block' }).settings).toEqual({ min: 1, max: 2, seats: 2 });
    const refused = await refusal(() => toMethod(parsed, { method: 'plurality' }));
    expect(refused.message).toBe('parks-approval.pb line 24: 2 options are marked, plurality takes 1');
  });

  test('points as points, scores or marks', async () => {
    const parsed = await cumulative('1;a,b;3,2\n2;c;5\n3;;\n');
    expect(ballots(toMethod(parsed, { method: 'Cumulative' }))).toEqual([
      { points: { a: 3, b: 2 } },
      { points: { c: 5 } },
      { points: {} },
    ]);
    const score = toMethod(parsed, { method: 'score', seats: 2 });
    expect(score.settings).toEqual({ min: 0, max: 5, seats: 2 });
    expect(ballots(score)[0]).toEqual({ scores: { a: 3, b: 2 } });
    const choose = toMethod(parsed, { method: 'choose' });
    expect(choose.settings).toEqual({ min: 1, max: 3, seats: 1 });
    expect(ballots(choose)).toEqual([{ options: ['a', 'b'] }, { options: ['c'] }, { options: [] }]);
  });

  test('scores as scores or grades; as points only where none is negative', async () => {
    const parsed = await readElectionFile(`${folder}/schools-scoring.pb`);
    expect(methodsOf(parsed)).toEqual(['score', 'judgment']);
    const judgment = toMethod(parsed, { method: 'majority judgment' });
    expect(judgment.settings).toEqual({ grades: ['3', '2', '1', '0', '-1'], seats: 1 });
    expect(ballots(judgment).slice(1, 3)).toEqual([{ grades: { roof: '1', lab: '0', bus: '-1' } }, { grades: {} }]);
    const text =
      'META\nkey;value\nvote_type;scoring\nPROJECTS\nproject_id\na\nb\nVOTES\nvoter_id;vote;points\n1;a,b;3,1\n2;a;0\n';
    const points = toMethod(await readElectionFile({ name: 's.pb', text }), { method: 'points' });
    expect(points.settings).toEqual({ total: 4, min_total: 1, max_per_option: 3, seats: 1 });
    expect(ballots(points)).toEqual([{ points: { a: 3, b: 1 } }, { points: {} }]);
    expect(points.notes).toEqual(['ballots that score everything 0, blank: 1']);
  });
});

test.each([
  [{ method: 'dictator' }, 'c.pb: there is no method "dictator"'],
  [{ method: 'constructor' }, 'c.pb: there is no method "constructor"'],
  [{ seats: 4 }, 'c.pb: 4 seats for 3 options'],
  [{ seats: 0 }, 'c.pb: 0 seats for 3 options'],
  [{ seats: 1.5 }, 'c.pb: 1.5 seats for 3 options'],
])('refuses %j', async (request, message) => {
  const parsed = await cumulative('1;a;1\n');
  expect((await refusal(() => toMethod(parsed, request))).message).toBe(message);
});

test('irv with several seats is refused, settings beyond the protocol too', async () => {
  const ranked = await readElectionFile(`${folder}/food.toi`);
  const refused = await refusal(() => toMethod(ranked, { method: 'irv', seats: 2 }));
  expect(refused).toMatchObject({ problem: 'irv fills one seat, not 2', hint: 'use stv for several seats' });
  const rich = await cumulative('1;a;2000000\n');
  expect((await refusal(() => toMethod(rich))).problem).toContain('settings.total of points: ');
});
