import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ParsedElection, readElectionFile } from '../../../loadtest/replay/formats/index.ts';
import { refusal } from './refusal.ts';

const folder = 'test/harness/election-files';

const small = `META
key;value
description;Small
num_projects;2
num_votes;3
vote_type;cumulative
max_sum_points;5
PROJECTS
project_id;cost;name
a;100;Lamps
b;100;"Crossing; new"
VOTES
voter_id;vote;points
1;a,b;3,2
2;b;5
3;a;4
`;
const read = (content: string) => readElectionFile({ name: 'small.pb', text: content });
const replaced = (from: string, to: string) => read(small.replace(from, to));

function points(parsed: ParsedElection) {
  if (parsed.kind !== 'points') throw new Error(`${parsed.kind} instead of points`);
  return parsed.ballots.map(({ ballot }) => Object.fromEntries(ballot.points));
}

describe('cumulative', () => {
  test('reads points, settings and quoted names', async () => {
    const parsed = await read(small);
    expect(parsed).toMatchObject({ format: 'pabulib', title: 'Small', voters: 3, suggestedMethod: 'points' });
    expect(parsed).toMatchObject({ limits: { total: 5, minTotal: 1 }, notes: [] });
    expect(parsed.options[1]).toEqual({ id: 'b', title: 'Crossing; new', source: 'b' });
    expect(points(parsed)).toEqual([{ a: 3, b: 2 }, { b: 5 }, { a: 4 }]);
  });

  test('line ends, byte order mark, spaces after separators and lower case titles do not matter', async () => {
    const other = `\uFEFF${small.replaceAll(';', '; ').replace('META', 'meta;;').replaceAll('\n', '\r\n')}\r\n;;\r\n`;
    expect(points(await read(other))).toEqual(points(await read(small)));
  });

  test('points of a project named twice are added up and noted', async () => {
    const parsed = await replaced('1;a,b;3,2', '1;a,b,a;1,2,2');
    expect(points(parsed)[0]).toEqual({ a: 3, b: 2 });
    expect(parsed.notes).toEqual(['ballots that name a project more than once, points added up: 1']);
  });

  test('an empty vote and one of zeros are blank ballots', async () => {
    const parsed = await read(small.replace('2;b;5', '2;;').replace('3;a;4', '3;a;0'));
    expect(points(parsed)).toEqual([{ a: 3, b: 2 }, {}, {}]);
    expect(parsed.notes).toEqual(['blank ballots: 1', 'ballots with 0 points for all they name, blank: 1']);
  });

  test('settings that ballots break are widened, with a note', async () => {
    const parsed = await replaced('max_sum_points;5', 'max_sum_points;4\nmin_sum_points;5\nmax_points;4');
    expect(parsed).toMatchObject({ limits: { total: 5, minTotal: 4, maxPerOption: 5 } });
    expect(parsed.notes).toEqual([
      'ballots that break max_sum_points 4, taken as 5 so that all can be cast: 2',
      'ballots that break min_sum_points 5, taken as 4 so that all can be cast: 1',
      'ballots that break max_points 4, taken as 5 so that all can be cast: 1',
    ]);
  });

  test('without a column of points every mark is one', async () => {
    const bare = small.replace('vote;points', 'vote').replace(/;[\d,]+\n(?=\d|$)/g, '\n');
    const parsed = await read(bare);
    expect(points(parsed)).toEqual([{ a: 1, b: 1 }, { b: 1 }, { a: 1 }]);
    expect(parsed.notes[0]).toContain('there is no column "points"');
  });

  test('two votes of one voter_id are two ballots', async () => {
    const parsed = await replaced('3;a;4', '2;a;4');
    expect(parsed.voters).toBe(3);
    expect(parsed.notes).toEqual(['votes with the voter_id of another one, each kept as a ballot: 1']);
  });

  test('columns of the file that disagree with its votes are noted', async () => {
    const scored = small
      .replace('cost;name', 'cost;name;votes;score')
      .replace('Lamps', 'Lamps;2;7')
      .replace('"Crossing; new"', '"Crossing; new";1;9');
    const parsed = await read(scored);
    expect(parsed.expected).toEqual(
      new Map([
        ['a', { votes: 2, score: 7 }],
        ['b', { votes: 1, score: 9 }],
      ]),
    );
    expect(parsed.notes).toEqual([
      'projects whose column "votes" differs from their votes: 1 (b)',
      'projects whose column "score" differs from their points: 1 (b)',
    ]);
  });
});

describe('approval', () => {
  test('reads the hand-made file: quoted names, mapped ids, a blank vote, selected projects', async () => {
    const parsed = await readElectionFile(`${folder}/parks-approval.pb`);
    expect(parsed.options).toEqual([
      { id: 'MP-36-Dream-playground', title: 'MP 36 "Dream" playground', source: 'MP/36' },
      { id: '7', title: 'Benches; more of them', source: '7' },
      { id: 'Trees', title: 'Trees', source: 'zieleń 1' },
      { id: 'F', title: 'Fountain', source: 'F' },
    ]);
    expect(parsed).toMatchObject({ kind: 'approval', voters: 6, seats: 2, marks: { min: 1, max: 2 } });
    expect(parsed.ballots.map(({ ballot }) => ballot)).toEqual(
      [
        ['MP-36-Dream-playground', '7'],
        ['MP-36-Dream-playground'],
        ['Trees', 'F'],
        ['7', 'Trees'],
        [],
        ['MP-36-Dream-playground'],
      ].map((approved) => ({ approved })),
    );
    expect(parsed.expected?.get('F')).toEqual({ votes: 1, selected: 0 });
    expect(parsed.notes).toEqual(['options that got an id of letters and digits: 2 of 4', 'blank ballots: 1']);
  });

  test('choose-1 is an approval of one; max_length is widened where votes break it', async () => {
    const one = small.replace('cumulative', 'choose-1').replace('1;a,b;3,2', '1;a;');
    expect(await read(one)).toMatchObject({ kind: 'approval', marks: { min: 1, max: 1 } });
    const two = await replaced('vote_type;cumulative', 'vote_type;Approval\nmax_length;1');
    expect(two).toMatchObject({ marks: { min: 1, max: 2 } });
    expect(two.notes).toEqual(['ballots that break max_length 1, taken as 2 so that all can be cast: 1']);
  });
});

test('ordinal: rankings, a repeated project keeps its first rank', async () => {
  const parsed = await readElectionFile(`${folder}/streets-ordinal.pb`);
  expect(parsed).toMatchObject({ kind: 'ranked', complete: false, suggestedMethod: 'borda' });
  expect(parsed.ballots.map(({ ballot }) => ballot)).toEqual([
    { ranking: [['a'], ['b'], ['c']] },
    { ranking: [['b'], ['a']] },
    { ranking: [['c'], ['b']] },
    { ranking: [['b']] },
  ]);
  expect(parsed.notes[0]).toBe('ballots that rank a project more than once, later ranks skipped: 1');
  expect(parsed.notes[1]).toContain('scoring_fn is Borda');
});

describe('scoring', () => {
  test('reads negative scores and zeros; the totals are those of the score column', async () => {
    const parsed = await readElectionFile(`${folder}/schools-scoring.pb`);
    expect(parsed).toMatchObject({ kind: 'scores', range: { min: -1, max: 3 }, notes: ['blank ballots: 1'] });
    expect(parsed.ballots.map(({ ballot }) => ballot)).toEqual(
      [{ roof: 3, lab: 1 }, { roof: 1, bus: -1 }, {}, { lab: 1, roof: 0 }].map((scores) => ({
        scores: new Map(Object.entries(scores)),
      })),
    );
  });

  test('default_score is written out for projects a ballot does not name, not for blank ballots', async () => {
    const scoring = small.replace('cumulative', 'scoring\ndefault_score;-2').replace('3;a;4', '3;;');
    const parsed = await read(scoring);
    expect(parsed).toMatchObject({ range: { min: -2, max: 5 } });
    expect(parsed.ballots.map(({ ballot }) => ballot)).toEqual(
      [{ a: 3, b: 2 }, { b: 5, a: -2 }, {}].map((scores) => ({ scores: new Map(Object.entries(scores)) })),
    );
  });

  test('a score beyond the method is refused with its line', async () => {
    const refused = await refusal(read(small.replace('cumulative', 'scoring').replace('2;b;5', '2;b;1001')));
    expect(refused.message).toBe('small.pb line 15: a score of 1001 for b');
  });
});

describe('malformed files', () => {
  test.each([
    ['META', 'DATA', 1, '"DATA" stands where META was expected'],
    ['PROJECTS', 'VOTES', 8, 'section VOTES stands where PROJECTS was expected'],
    ['vote_type;cumulative\n', '', undefined, 'META has no vote_type'],
    ['cumulative', 'ranked', 6, 'vote_type "ranked" is unknown'],
    ['num_votes;3', 'num_votes;4', 5, 'num_votes is 4, but the file has 3 votes'],
    ['num_votes;3', 'num_votes;many', 5, 'num_votes is "many", not a whole number'],
    ['num_projects;2', 'num_projects;3', 4, 'num_projects is 3, but the file has 2 projects'],
    ['num_projects;2', 'num_votes;3', 5, '"num_votes" stands twice in META'],
    ['project_id;', 'project;', 9, 'section PROJECTS has no column "project_id"'],
    ['cost;name', 'name;name', 9, 'column "name" stands twice'],
    ['a;100;Lamps', 'b;100;Lamps', 11, 'project "b" stands twice in PROJECTS (first on line 10)'],
    ['a;100;Lamps', ';100;Lamps', 10, 'a project has no project_id'],
    ['"Crossing; new"', 'Crossing; new', 11, '4 cells in a section of 3 columns'],
    ['"Crossing; new"', '"Crossing', 11, 'a quotation is never closed'],
    ['"Crossing; new"', '"Crossing" new', 11, 'a quotation ends in the middle of a cell'],
    ['1;a,b;3,2', '1;a,c;3,2', 14, 'project "c" is not declared (PROJECTS names 2)'],
    ['1;a,b;3,2', '1;a,b;3', 14, '2 projects, but 1 points'],
    ['1;a,b;3,2', '1;a,b;3,x', 14, '"x" is no number of points'],
    ['1;a,b;3,2', '1;a,b;3,1.5', 14, '"1.5" is no number of points'],
    ['1;a,b;3,2', '1;a,b;3,-2', 14, '-2 points for b'],
    ['3;a;4', '3;a', 16, '2 cells in a section of 3 columns'],
    ['voter_id;vote;points', 'voter_id;votes;points', 13, 'section VOTES has no column "vote"'],
  ])('%s -> %s', async (from, to, line, problem) => {
    const refused = await refusal(replaced(from, to));
    expect(refused).toMatchObject({ line, problem: expect.stringContaining(problem) });
  });

  test('a file cut off at any place is refused, whatever is lost beyond its last line end', async () => {
    for (let length = 1; length < small.length - '4\n'.length; length += 1) {
      expect((await refusal(read(small.slice(0, length)))).file).toBe('small.pb');
    }
  });
});

test('names and ids of any characters, and their points, are read back', async () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((name) => name.replaceAll('\0', ''));
  const id = word.map((name) => name.replaceAll(',', '').trim()).filter((name) => name !== '');
  const projects = fc.uniqueArray(fc.tuple(id, word), { minLength: 1, maxLength: 8, selector: ([first]) => first });
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const profile = projects.chain((named) => {
    const point = fc.tuple(fc.nat(named.length - 1), fc.integer({ min: 1, max: 9 }));
    const vote = fc.uniqueArray(point, { maxLength: named.length, selector: ([index]) => index });
    return fc.tuple(fc.constant(named), fc.array(vote, { minLength: 1, maxLength: 10 }));
  });
  await fc.assert(
    fc.asyncProperty(profile, async ([named, votes]) => {
      const rows = votes.map((vote, index) => {
        const ids = vote.map(([project]) => named[project]?.[0]).join(',');
        return `${index};${quoted(ids)};${vote.map(([, value]) => value).join(',')}`;
      });
      const head = ['META', 'key;value', 'vote_type;cumulative', 'PROJECTS', 'name;project_id'];
      const lines = [...head, ...named.map(([project, name]) => `${quoted(name)};${quoted(project)}`)];
      const parsed = await read([...lines, 'VOTES', 'voter_id;vote;points', ...rows].join('\n'));
      const idOf = new Map(parsed.options.map((option) => [option.source, option.id]));
      expect([...idOf.keys()]).toEqual(named.map(([project]) => project));
      expect(new Set(idOf.values()).size).toBe(named.length);
      for (const option of parsed.options) expect(option.id).toMatch(/^[A-Za-z0-9_-]{1,32}$/);
      const printed = votes.map((vote) =>
        Object.fromEntries(vote.map(([project, value]) => [idOf.get(named[project]?.[0] ?? ''), value])),
      );
      expect(points(parsed)).toEqual(printed);
    }),
    { numRuns: 200 },
  );
});
