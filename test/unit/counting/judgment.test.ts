import { expect, test } from 'vitest';
import { methodOf } from '../../../engine/elections/counting/index.ts';
import { USUAL_GRADES } from '../../../protocol/methods/judgment.ts';
import { contestWith, countOf } from '../../harness/profile.ts';

/**
 * Ballots that give each option its grades: voter k gives every option its k-th best grade. The result depends on the
 * distributions alone, which is all that is published.
 */
function ballotsWith(received: Readonly<Record<string, readonly number[]>>) {
  const sorted = Object.entries(received).map(([id, counts]) => {
    return [id, counts.flatMap((count, grade) => new Array<number>(count).fill(grade))] as const;
  });
  const voters = sorted[0]?.[1].length ?? 0;
  return Array.from({ length: voters }, (_, voter) => {
    return [1, { grades: Object.fromEntries(sorted.map(([id, grades]) => [id, grades[voter]])) }] as const;
  });
}

// M. Balinski and R. Laraki, Election by Majority Judgment: Experimental Evidence (École polytechnique, cahier 2007-28),
// Orsay 2007, the three leading candidates in tenths of a percent (Royal's last grade less 0.1, for the published
// figures add up to 100.1): majority gauges Bayrou (44.3, Good+, 30.6), Royal (39.4, Good-, 41.5), Sarkozy (38.9, Good-, 46.8).
test('Orsay 2007: Bayrou before Royal before Sarkozy', () => {
  const contest = contestWith(['sarkozy', 'royal', 'bayrou'], { grades: USUAL_GRADES, seats: 1 });
  const count = countOf(
    'judgment',
    contest,
    ballotsWith({
      bayrou: [136, 307, 251, 148, 84, 74],
      royal: [167, 227, 191, 168, 122, 125],
      sarkozy: [191, 198, 143, 115, 71, 282],
    }),
  );
  expect(count.ranking).toEqual([['bayrou'], ['royal'], ['sarkozy']]);
  expect(count.rounds[0]?.details?.gauge).toEqual({
    bayrou: { majorityGrade: 'Good', better: '443', worse: '306', sign: '+' },
    royal: { majorityGrade: 'Good', better: '394', worse: '415', sign: '-' },
    sarkozy: { majorityGrade: 'Good', better: '389', worse: '468', sign: '-' },
  });
});

// Wikipedia, 'Majority judgment', tie-break: X = (Good, Good, Fair, Poor), Y = (Excellent, Fair, Fair, Fair).
test('the second median decides between equal majority grades', () => {
  const contest = contestWith(['y', 'x'], { grades: ['Excellent', 'Good', 'Fair', 'Poor'], seats: 1 });
  const count = countOf('judgment', contest, ballotsWith({ x: [0, 2, 1, 1], y: [1, 0, 3, 0] }));
  expect(count.winners).toEqual(['x']);
});

test('an ungraded option has the worst grade, equal distributions are a tie', () => {
  const contest = contestWith(['a', 'b', 'c'], { grades: ['good', 'bad'], seats: 1 });
  const count = countOf('judgment', contest, [
    [1, { grades: { a: 'good' } }],
    [1, { grades: { b: 'good', a: 'bad' } }],
    [1, { grades: {} }],
  ]);
  expect(count.ballots).toEqual({ cast: 3, valid: 2, blank: 1, abstained: 0 });
  expect(count.ranking).toEqual([['a', 'b'], ['c']]);
  expect(count.winners).toEqual([]);
  expect(count.ties[0]).toMatchObject({ options: ['a', 'b'], places: 1 });
});

test('a grade is a name or its place; anything else is refused', () => {
  const contest = contestWith(['a', 'b'], { grades: USUAL_GRADES, seats: 1 });
  const { encode, decode } = methodOf('judgment');
  expect(encode(contest, { grades: { b: 'Good', a: 0 } })).toEqual({ ok: true, ballot: '0:0,1:2' });
  expect(decode(contest, '0:0,1:2')).toEqual({ grades: { a: 'Excellent', b: 'Good' } });
  for (const grade of [6, -1, 1.5, 'good', '0', null, 'constructor']) {
    const problems = [{ path: 'grades.a', problem: 'no such grade' }];
    expect(encode(contest, { grades: { a: grade } })).toEqual({ ok: false, problems });
  }
});
