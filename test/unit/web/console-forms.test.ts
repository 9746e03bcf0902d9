import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newElection } from '../../../protocol/elections.ts';
import { newPaperBatch } from '../../../protocol/paper.ts';
import { type Draft, draftOf, EMPTY, electionOf, METHODS, USUAL_MOST } from '../../../web/moderate/run/draft.ts';
import { flowOf } from '../../../web/moderate/run/flow.ts';
import { countOfLines, countOfSums } from '../../../web/moderate/run/paper-count.ts';
import { csvOfTokens, newTokens } from '../../../web/moderate/run/voting-tokens.ts';

const MEETING = '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';
const options = ['Ada', 'Grace', 'Ada', 'Ädä'].map((title, key) => ({ key, title, description: '' }));
const filled = (more: Partial<Draft>): Draft => ({ ...EMPTY, title: 'Who?', options, ...more });

/** An election as the console has it, with what these forms look at. */
// biome-ignore lint/suspicious/noExplicitAny: the forms look at method and options only
const electionWith = (method: string): any => ({
  method: { method, settings: {} },
  options: ['ada', 'grace', 'edsger'].map((id) => ({ id, title: id })),
});

describe('the form of a vote', () => {
  test.each(METHODS)('%s: what it sends is an election that the API takes', (method) => {
    const sent = electionOf(filled({ method, most: USUAL_MOST[method], minutes: '2', quorum: '5' }), MEETING);
    expect(newElection.safeParse(sent)).toMatchObject({ success: true });
    expect(sent.duration_seconds).toBe(120);
    expect(sent.rules).toEqual({ quorum: { number: 5 } });
  });

  test('options get plain ids, each once, and empty ones are left out', () => {
    const some = [...options, { key: 9, title: '   ', description: '' }, { key: 10, title: '!?', description: '' }];
    const { options: sent } = electionOf(filled({ method: 'irv', options: some }), MEETING);
    const ids = sent?.map(({ id }) => id) ?? [];
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
    expect(ids.every((id) => /^[a-z0-9][a-z0-9-]*$/.test(id))).toBe(true);
  });

  test('a pattern fills the form, and what it leaves out stays', () => {
    const pattern = { method: { method: 'points' as const, settings: { total: 12, min_total: 1, seats: 2 } } };
    expect(draftOf(pattern, filled({ visibility: 'hidden' }))).toMatchObject({
      ...{ title: 'Who?', method: 'points', most: '12', seats: '2', visibility: 'hidden' },
    });
  });
});

describe('a heap of paper ballots', () => {
  test('sums, with nothing for what was left empty', () => {
    const sums = { ballots: '10', options: { ada: '6', grace: '3' }, blank: '1', abstained: '0' };
    const count = countOfSums(electionWith('choose'), sums);
    expect(count).toEqual({ ballots: 10, totals: { options: { ada: 6, grace: 3, edsger: 0 }, blank: 1 } });
    expect(newPaperBatch.safeParse({ label: 'Heap', count }).success).toBe(true);
    expect(countOfSums(electionWith('choose'), { ...sums, blank: 'x' })).toBeUndefined();
  });

  test.each([
    ['irv', 'A>C: 12\n\n-: 2', [{ ranking: ['ada', 'edsger'] }, { ranking: [] }], 14],
    ['points', 'a=3, B=1: 4', [{ points: { ada: 3, grace: 1 } }], 4],
    ['quadratic', 'C=2: 1', [{ votes: { edsger: 2 } }], 1],
    ['judgment', 'A=0, B=5: 7', [{ grades: { ada: 0, grace: 5 } }], 7],
  ])('%s: lines of alike ballots', (method, text, ballots, sum) => {
    const count = countOfLines(electionWith(method), text);
    expect(count).toMatchObject({ ballots: sum, patterns: ballots.map((ballot) => ({ ballot })) });
    expect(newPaperBatch.safeParse({ label: 'Heap', count }).success).toBe(true);
  });

  test.each(['A>D: 3', 'A>B', 'A>B: 0', 'A=x: 2', 'A>B: many'])(
    '%s is told as the line that cannot be read',
    (line) => {
      expect(countOfLines(electionWith('irv'), `A: 1\n${line}`)).toEqual({ wrongLine: line });
    },
  );
});

test('the flow of votes: what leaves a round arrives in the next, and links of nothing are left out', () => {
  const rounds = [
    { round: 1, amounts: { a: '5', b: '3', c: '2' }, transfers: [], exhausted: '0' },
    {
      round: 2,
      amounts: { a: '6', b: '3', c: '0' },
      transfers: [
        { from: 'c', to: 'a', amount: '1' },
        { from: 'c', to: null, amount: '1' },
      ],
      exhausted: '1',
    },
  ];
  const { nodes, links } = flowOf(rounds, (id) => id ?? 'nobody');
  const into = (target: string) =>
    links.filter((link) => link.target === target).reduce((sum, { value }) => sum + value, 0);
  expect([into('2:a'), into('2:b'), into('2:'), into('2:c')]).toEqual([6, 3, 1, 0]);
  expect(links.every(({ value }) => value > 0)).toBe(true);
  expect(nodes.find(({ name }) => name === '2:')?.title).toBe('nobody');
});

test('voting tokens: random, told apart, and only their hashes go out', async () => {
  const tokens = await newTokens(200);
  expect(new Set(tokens.map(({ token }) => token)).size).toBe(200);
  for (const { token, hash } of tokens) expect(hash).toBe(createHash('sha256').update(token).digest('hex'));
  const [heading, first] = csvOfTokens(tokens, 'https://vote.example/vote/e').split('\r\n');
  expect([heading, first]).toEqual([
    'link,token',
    `https://vote.example/vote/e#${tokens[0]?.token},${tokens[0]?.token}`,
  ]);
});
