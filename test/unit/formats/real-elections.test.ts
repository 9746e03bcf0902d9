import { expect, test } from 'vitest';
import { readElectionFile, toMethod } from '../../../loadtest/replay/formats/index.ts';

test('Dublin North 2002 in full: 43,942 ballots in 19,299 different orders', async () => {
  const parsed = await readElectionFile('loadtest/elections/dublin-north-2002.soi');
  expect(parsed).toMatchObject({ title: '2002 Dublin North', voters: 43_942, notes: [] });
  expect(parsed.ballots).toHaveLength(19_299);
  expect(parsed.options).toHaveLength(12);
  const election = toMethod(parsed, { method: 'stv', seats: 4 });
  expect(election).toMatchObject({ method: 'stv', settings: { seats: 4 }, weighted: false });
  const first = new Map<string, number>();
  let voters = 0;
  for (const { ballot } of election.ballots) {
    const [top = 'none'] = (ballot as { ranking: string[] }).ranking;
    first.set(top, (first.get(top) ?? 0) + 1);
    voters += 1;
  }
  expect(voters).toBe(43_942);
  const title = (id: string) => parsed.options.find((option) => option.id === id)?.title ?? id;
  const ranked = [...first].sort(([, a], [, b]) => b - a).map(([id, votes]) => [title(id), votes]);
  expect(ranked.slice(0, 5)).toEqual([
    ['Trevor Sargent G.P.', 7294],
    ['Sean Ryan Lab', 6359],
    ['Jim Glennon F.F.', 5892],
    ['G.V. Wright F.F.', 5658],
    ['Clare Daly S.P.', 5501],
  ]);
});

test('Częstochowa 2020 in full: the columns "score" and "votes" of all 90 projects', async () => {
  const parsed = await readElectionFile('loadtest/elections/czestochowa-2020.pb');
  expect(parsed).toMatchObject({ voters: 16_978, limits: { total: 10, minTotal: 1 } });
  expect(parsed.notes).toEqual([
    'projects whose column "votes" counts every mention on a ballot: 1 (579)',
    'ballots that name a project more than once, points added up: 1',
  ]);
  expect(parsed.options.find(({ id }) => id === '622')?.title).toBe('MP 36 z Kukuczki "Wymarzony plac zabaw"');
  const election = toMethod(parsed);
  expect(election).toMatchObject({ method: 'points', settings: { total: 10, min_total: 1, seats: 1 } });
  const score = new Map<string, number>();
  const votes = new Map<string, number>();
  for (const { ballot } of election.ballots) {
    for (const [id, points] of Object.entries((ballot as { points: Record<string, number> }).points)) {
      score.set(id, (score.get(id) ?? 0) + points);
      votes.set(id, (votes.get(id) ?? 0) + 1);
    }
  }
  expect(parsed.expected?.size).toBe(90);
  for (const [id, figures] of parsed.expected ?? []) {
    expect([id, score.get(id)]).toEqual([id, figures.score]);
    // One voter names project 579 four times; its column counts all four.
    expect([id, votes.get(id)]).toEqual([id, id === '579' ? (figures.votes ?? 0) - 3 : figures.votes]);
  }
});
