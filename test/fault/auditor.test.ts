import { expect, test } from 'vitest';
import { audit } from '../../loadtest/fault/auditor.ts';
import type { CastRecord, Evidence, Finding } from '../../loadtest/fault/evidence.ts';
import type { TopicMessage } from '../../protocol/frames/messages.ts';

/** Four voters on a motion: two yes, one no, one too late; closed at 100. Everything that was told is so. */
function honest(): Evidence {
  const code = (voter: number) => String(voter).repeat(32);
  const cast = (voter: number, choice: string, told: CastRecord['told'], sentMs = 10): CastRecord => {
    return { voter, castKey: `key ${voter}`, ballot: { choice }, sentMs, heardMs: sentMs + 5, queued: false, told };
  };
  const accepted = (voter: number) => ({ kind: 'accepted' as const, trackingCode: code(voter) });
  const row = (voter: number, choice: 'yes' | 'no') => {
    return { tracking_code: code(voter), ballot: { choice }, weight: null, voter: null };
  };
  const options = [
    { option: 'yes', count: 2, weight: '3.5' },
    { option: 'no', count: 1, weight: '1' },
  ];
  const figures = { cast: 3, counted: 3, figure: 'votes', options, final: true, state: 'published' as const };
  const tally = { election_id: 'e', pos: 9, at: '', standing: null, ...figures };
  const half = { ...tally, final: false, cast: 1, counted: 1, options: options.map((one) => ({ ...one, count: 0 })) };
  const message = (offset: number, data: unknown, previous?: number): TopicMessage => {
    const follows = previous === undefined ? { snapshot: true as const } : { previous };
    return { topic: 't', epoch: 'life', offset, data, ...follows };
  };
  const event = (pos: number, state: string) => ({ pos, kind: `election.${state}`, subject: 'e', at: '', state });
  return {
    electionId: 'e',
    contest: { method: { method: 'motion', settings: {} }, options: ['yes', 'no'] },
    secrecy: 'secret',
    voters: [2_500_000n, 1_000_000n, 1_000_000n, 1_000_000n].map((weightMicro, i) => ({
      credential: `c${i}`,
      weightMicro,
    })),
    casts: [
      cast(0, 'yes', { kind: 'unheard' }),
      cast(0, 'yes', accepted(0), 110),
      cast(1, 'yes', accepted(1)),
      cast(2, 'no', { kind: 'refused', code: 'LOAD_004' }),
      cast(2, 'no', accepted(2), 40),
      cast(2, 'yes', { kind: 'refused', code: 'BALLOT_002' }, 60),
      cast(3, 'no', { kind: 'refused', code: 'BALLOT_004' }, 97),
    ],
    close: { askedMs: 95, doneMs: 105 },
    published: [row(0, 'yes'), row(1, 'yes'), row(2, 'no')],
    participation: { roll: 4, voted: 3, voted_weight: '4.5' },
    tally,
    recount: { ballots: 3, weight: '4.5', paper_ballots: 0, equals_tally: true, equals_result: true },
    result: {
      count: { ballots: { cast: 3 }, weights: { cast: '4.5' }, totals: { yes: '3.5', no: '1' } },
    } as unknown as Evidence['result'],
    watchers: [
      { topic: 'tally:e', gaps: 0, messages: [message(1, { ...half }), message(5, { ...half }, 1), message(9, tally)] },
      {
        topic: 'election:e',
        gaps: 0,
        messages: [
          message(2, { election: { state: 'open' } }),
          message(8, { events: [event(7, 'closed'), event(8, 'published')] }, 2),
        ],
      },
    ],
  };
}

/** The honest run with one thing changed. */
function lie(change: (evidence: Changeable) => void): Finding[] {
  const evidence = structuredClone(honest()) as Changeable;
  change(evidence);
  return audit(evidence as Evidence);
}
// biome-ignore lint/suspicious/noExplicitAny: a lie changes what nobody may change
type Changeable = any;

const kindsOf = (findings: readonly Finding[]) => [...new Set(findings.map(({ kind }) => kind))].sort();

test('an honest run has no findings', () => {
  expect(audit(honest())).toEqual([]);
});

test('an acknowledged ballot that is not in the list is lost', () => {
  const findings = lie(({ published }) => published.pop());
  expect(findings).toContainEqual({ kind: 'lost', what: expect.stringContaining('voter 2') });
});

test('an acknowledged ballot that is stored with other content is lost', () => {
  const findings = lie(({ published }) => {
    published[1].ballot = { choice: 'no' };
  });
  expect(findings).toEqual([{ kind: 'lost', what: expect.stringContaining('stored as {"choice":"no"}') }]);
});

test('a ballot that is stored twice is doubled', () => {
  const findings = lie(({ published }) => published.push(published[0]));
  expect(kindsOf(findings)).toContain('doubled');
});

test('two accepted ballots of one credential are doubled', () => {
  const findings = lie(({ casts, published }) => {
    casts[5].told = { kind: 'accepted', trackingCode: 'f'.repeat(32) };
    casts[5].castKey = 'another key';
    published.push({ tracking_code: 'f'.repeat(32), ballot: { choice: 'yes' }, weight: null, voter: null });
  });
  expect(kindsOf(findings)).toContain('doubled');
});

test.each<[string, (evidence: Changeable) => void]>([
  ['a refused ballot is stored', ({ published }) => published.push({ ...published[0], tracking_code: 'x' })],
  ['one cast was accepted and refused for good', ({ casts }) => casts.push({ ...casts[2], told: casts[6].told })],
  ['a voter was left without a certain answer', ({ casts }) => casts.splice(1, 1)],
  ['one cast has two tracking codes', ({ casts }) => casts.push({ ...casts[2], told: casts[1].told })],
  ['two voters have one tracking code', ({ casts }) => Object.assign(casts[2].told, casts[1].told)],
  ['a voter was told of another ballot and there is none', ({ casts }) => casts.splice(4, 1)],
  ['a ballot first sent after the close was accepted', ({ casts }) => Object.assign(casts[2], { sentMs: 106 })],
  [
    'the election was said to be closed before anybody closed it',
    ({ casts }) => Object.assign(casts[6], { heardMs: 90 }),
  ],
  ['a bug was answered', ({ casts }) => casts.push({ ...casts[2], told: { kind: 'refused', code: 'INTERNAL_001' } })],
  ['a secret ballot shows its voter', ({ published }) => Object.assign(published[0], { voter: 'c0' })],
  ['a named ballot shows another voter', (evidence) => Object.assign(evidence, { secrecy: 'named' })],
  ['participation is one more', ({ participation }) => Object.assign(participation, { voted: 4 })],
  ['the recount differs from the tally', ({ recount }) => Object.assign(recount, { equals_tally: false })],
  ['the recount counts one less', ({ recount }) => Object.assign(recount, { ballots: 2 })],
  ['the result weighs less', ({ result }) => Object.assign(result.count.weights, { cast: '4.25' })],
  ['a figure of the tally is too large', ({ tally }) => Object.assign(tally.options[0], { count: 3 })],
  ['a weighted figure of the tally is wrong', ({ tally }) => Object.assign(tally.options[1], { weight: '2' })],
  ['a total of the result is wrong', ({ result }) => Object.assign(result.count.totals, { yes: '2' })],
  ['a watcher missed a message', ({ watchers }) => Object.assign(watchers[0].messages[1], { previous: 3 })],
  [
    'a watcher was handed what is no message',
    ({ watchers }) => watchers[0].messages.push({ topic: 't', epoch: 'life', offset: 9, previous: 9 }),
  ],
  ['a watcher was sent back', ({ watchers }) => Object.assign(watchers[0].messages[2], { offset: 4 })],
  ['a watcher got news before a snapshot', ({ watchers }) => watchers[0].messages.shift()],
  ['a watcher saw a figure fall', ({ watchers }) => Object.assign(watchers[0].messages[0].data, { cast: 2 })],
  ['a watcher never saw the end', ({ watchers }) => watchers[0].messages.pop()],
  ['a watcher saw another end', ({ watchers }) => Object.assign(watchers[0].messages[2].data, { cast: 4 })],
  ['a watcher heard of the states in the wrong order', ({ watchers }) => watchers[1].messages[1].data.events.reverse()],
  ['a watcher never heard of the publication', ({ watchers }) => watchers[1].messages[1].data.events.pop()],
])('it is found when %s', (_, change) => {
  expect(kindsOf(lie(change))).toContain('untrue');
});
