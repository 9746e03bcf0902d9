import { afterAll, describe, expect, test } from 'vitest';
import { ballotPage, castReceipt, publishedBallot } from '../../protocol/ballots.ts';
import { electionView, issued, participationView } from '../../protocol/elections.ts';
import { joined, meetingView, socketTicket } from '../../protocol/meetings.ts';
import { resultView } from '../../protocol/results.ts';
import { recountView, tallyView } from '../../protocol/tally.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { newCastKey, newToken, serveHttp } from './http-server.ts';

const database = await freshDatabase();
const server = await serveHttp(database.ownerUrl);
afterAll(() => server.stop());
const { call, ours, theirs } = server;
const { admin, member } = ours;

const UNKNOWN = '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';
const OPTIONS = [
  { id: 'ada', title: 'Ada' },
  { id: 'grace', title: '=Grace()' },
  { id: 'edsger', title: 'Edsger' },
];
const IRV = { title: 'Chair', method: { method: 'irv', settings: {} }, options: OPTIONS };
const secrets: string[] = [];

async function newElection(body: Record<string, unknown> = IRV): Promise<string> {
  const { status, json } = await call('POST', '/v1/elections', { as: admin, body });
  expect(status).toBe(201);
  return electionView.parse(json).election_id;
}

async function tokensFor(election: string, weights: readonly string[]): Promise<string[]> {
  const tokens = weights.map((weight) => ({ ...newToken(), weight }));
  const credentials = tokens.map(({ hash, weight }) => ({ hash, weight }));
  const { json } = await call('POST', `/v1/elections/${election}/credentials`, { as: admin, body: { credentials } });
  expect(issued.parse(json)).toEqual({ issued: weights.length, repeated: 0 });
  secrets.push(...tokens.map(({ token }) => token));
  return tokens.map(({ token }) => token);
}

async function openElection(body?: Record<string, unknown>, weights: readonly string[] = ['1', '1', '1']) {
  const election = await newElection(body);
  const tokens = await tokensFor(election, weights);
  expect((await call('POST', `/v1/elections/${election}/open`, { as: admin })).json.state).toBe('open');
  return { election, tokens };
}

function cast(election: string, credential: string | undefined, ballot: unknown, cast_key = newCastKey(), as = member) {
  secrets.push(cast_key);
  return call('POST', `/v1/elections/${election}/ballots`, { as, body: { credential, ballot, cast_key } });
}

const codeOf = ({ status, json }: { status: number; json: { error_code: string } }) => [status, json.error_code];

test('the life of an election, from the draft to the published list', async () => {
  const election = await newElection();
  const path = `/v1/elections/${election}`;
  const tokens = await tokensFor(election, ['1', '1', '0.25', '2', '1']);
  expect((await call('POST', `${path}/open`, { as: admin })).json.state).toBe('open');

  const rankings = [['ada', 'grace'], ['grace'], ['edsger', 'ada'], ['ada'], []];
  const codes: string[] = [];
  for (const [index, ranking] of rankings.entries()) {
    const answer = await cast(election, tokens[index], { ranking });
    expect(answer.status).toBe(201);
    codes.push(castReceipt.parse(answer.json).tracking_code);
  }
  const participation = participationView.parse((await call('GET', `${path}/participation`, { as: admin })).json);
  expect(participation).toEqual({ roll: 5, roll_weight: '5.25', voted: 5, voted_weight: '5.25' });
  tallyView.parse((await call('GET', `${path}/tally`, { as: member })).json);
  expect(codeOf(await call('GET', `${path}/ballots`, { as: admin }))).toEqual([409, 'CONFLICT_001']);
  expect(codeOf(await call('GET', `${path}/result`, { as: admin }))).toEqual([409, 'CONFLICT_001']);

  expect((await call('POST', `${path}/close`, { as: admin })).json.state).toBe('closed');
  expect(codeOf(await call('GET', `${path}/result`, { as: member }))).toEqual([409, 'CONFLICT_001']);
  expect((await call('GET', `${path}/result`, { as: admin })).status).toBe(200);
  expect((await call('POST', `${path}/publish`, { as: admin })).json.state).toBe('published');

  const result = resultView.parse((await call('GET', `${path}/result`, { as: member })).json);
  expect(result.ruling).toMatchObject({ outcome: 'elected', elected: ['ada'], tie: false });
  expect(result.count.ballots).toEqual({ cast: 5, valid: 4, blank: 1, abstained: 0 });
  const csv = await call('GET', `${path}/result.csv`, { as: member });
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(csv.text.split('\r\n')[0]).toBe('round,option,title,votes,received,given,status,rule');
  const recount = recountView.parse((await call('POST', `${path}/recount`, { as: admin })).json);
  expect(recount).toEqual({ ballots: 5, weight: '5.25', paper_ballots: 0, equals_tally: true, equals_result: true });
  const tally = tallyView.parse((await call('GET', `${path}/tally`, { as: member })).json);
  expect(tally).toMatchObject({ cast: 5, counted: 5, final: true, state: 'published' });

  const first = ballotPage.parse((await call('GET', `${path}/ballots?limit=3`, { as: member })).json);
  const rest = await call('GET', `${path}/ballots?limit=3&cursor=${first.next_cursor}`, { as: member });
  const listed = [...first.items, ...ballotPage.parse(rest.json).items];
  expect(rest.json.next_cursor).toBe(null);
  expect(listed.map(({ tracking_code }) => tracking_code)).toEqual([...codes].sort());
  const found = publishedBallot.parse((await call('GET', `${path}/ballots/${codes[0]}`, { as: member })).json);
  expect(found).toMatchObject({ ballot: { ranking: ['ada', 'grace'] }, voter: null, weight: null });
  const list = await call('GET', `${path}/ballots.csv?limit=2`, { as: member });
  expect(list.text.split('\r\n')[0]).toBe('tracking_code,ballot,weight,voter');
  expect(list.headers.get('x-next-cursor')).toMatch(/^[0-9a-f]{32}$/);
});

test('a meeting: created, joined by code, voted in by right of attending', async () => {
  const created = await call('POST', '/v1/meetings', { as: admin, body: { title: 'Assembly' } });
  const meeting = meetingView.parse(created.json);
  expect(created.headers.get('location')).toBe(`/v1/meetings/${meeting.meeting_id}`);
  const motion = { title: 'Adopt?', method: { method: 'motion', settings: {} }, meeting_id: meeting.meeting_id };
  const election = await newElection({ ...motion, roll: 'meeting', secrecy: 'named' });
  await call('POST', `/v1/elections/${election}/open`, { as: admin });
  const session = joined.parse(
    (await call('POST', '/v1/join', { body: { code: meeting.join_code.toLowerCase(), name: 'Ada' } })).json,
  );
  const attendee = session.session_token;
  secrets.push(attendee);
  expect((await cast(election, undefined, { choice: 'yes' }, newCastKey(), attendee)).status).toBe(201);
  const { json } = await call('GET', '/v1/elections', { as: attendee });
  expect(json.items.map((each: { election_id: string }) => each.election_id)).toEqual([election]);
  const ticket = socketTicket.parse((await call('POST', '/v1/socket-tickets', { as: attendee })).json);
  secrets.push(ticket.ticket);
  const elsewhere = await newElection();
  expect(codeOf(await call('GET', `/v1/elections/${elsewhere}`, { as: attendee }))).toEqual([404, 'NOT_FOUND_001']);
  expect(codeOf(await call('POST', '/v1/meetings', { as: attendee, body: { title: 'x' } }))).toEqual([403, 'AUTH_002']);
  expect(codeOf(await call('POST', '/v1/join', { body: { code: 'XXXXXX', name: 'Ada' } }))).toEqual([
    404,
    'NOT_FOUND_001',
  ]);
});

test('the same cast is answered alike, another ballot is refused', async () => {
  const { election, tokens } = await openElection();
  const key = newCastKey();
  const first = await cast(election, tokens[0], { ranking: ['ada'] }, key);
  expect((await cast(election, tokens[0], { ranking: ['ada'] }, key)).json).toEqual(first.json);
  expect(codeOf(await cast(election, tokens[0], { ranking: ['grace'] }, key))).toEqual([409, 'BALLOT_002']);
  expect(codeOf(await cast(election, tokens[0], { ranking: ['ada'] }))).toEqual([409, 'BALLOT_002']);
  await call('POST', `/v1/elections/${election}/close`, { as: admin });
  expect((await cast(election, tokens[0], { ranking: ['ada'] }, key)).json).toEqual(first.json);
  expect(codeOf(await cast(election, tokens[1], { ranking: ['ada'] }))).toEqual([409, 'BALLOT_004']);
});

describe('bad input', () => {
  test('ballots that break the rules say what and where', async () => {
    const ranked = await openElection();
    const choose = { title: 'Two', method: { method: 'choose', settings: { max: 2, seats: 2 } }, options: OPTIONS };
    const marked = await openElection(choose);
    const points = { title: 'Money', method: { method: 'points', settings: { total: 10 } }, options: OPTIONS };
    const spread = await openElection(points);
    const wrong: readonly [{ election: string; tokens: string[] }, unknown][] = [
      [ranked, { ranking: ['ada', 'ada'] }],
      [ranked, { ranking: ['nobody'] }],
      [ranked, { ranking: 'ada' }],
      [ranked, { order: ['ada'] }],
      [ranked, null],
      [ranked, 7],
      [marked, { options: ['ada', 'grace', 'edsger'] }],
      [marked, { options: ['ada', 'ada'] }],
      [marked, { options: ['constructor'] }],
      [spread, { points: { ada: 11 } }],
      [spread, { points: { ada: 1.5 } }],
      [spread, { points: { ada: -1 } }],
      [spread, { points: { toString: 1 } }],
    ];
    for (const [{ election, tokens }, ballot] of wrong) {
      const answer = await cast(election, tokens[0], ballot);
      expect([JSON.stringify(ballot), ...codeOf(answer)]).toEqual([JSON.stringify(ballot), 422, 'BALLOT_005']);
      expect(answer.json.details.problems.length).toBeGreaterThan(0);
    }
    for (const { election, tokens } of [ranked, marked, spread]) {
      const { json } = await call('GET', `/v1/elections/${election}/participation`, { as: admin });
      expect(json.voted).toBe(0);
      expect((await cast(election, tokens[1], {})).status).toBe(422);
    }
  });

  test('unknown elections, those of others, and credentials that are none', async () => {
    const { election } = await openElection();
    const draft = await newElection();
    const [early] = await tokensFor(draft, ['1']);
    expect(codeOf(await cast(UNKNOWN, 'x', { ranking: [] }))).toEqual([404, 'NOT_FOUND_001']);
    expect(codeOf(await cast(election, 'x', { ranking: [] }, newCastKey(), theirs.member))).toEqual([
      404,
      'NOT_FOUND_001',
    ]);
    const unknown = await cast(election, 'no such token', { ranking: ['ada'] });
    expect(codeOf(unknown)).toEqual([404, 'NOT_FOUND_001']);
    expect(codeOf(await cast(draft, early, { ranking: ['ada'] }))).toEqual([409, 'BALLOT_003']);
    for (const path of ['', '/tally', '/result', '/ballots', '/participation']) {
      const answer = await call('GET', `/v1/elections/${election}${path}`, { as: theirs.admin });
      expect([path, ...codeOf(answer)]).toEqual([path, 404, 'NOT_FOUND_001']);
    }
    for (const act of ['open', 'close', 'publish', 'recount']) {
      const answer = await call('POST', `/v1/elections/${election}/${act}`, { as: theirs.admin });
      expect([act, ...codeOf(answer)]).toEqual([act, 404, 'NOT_FOUND_001']);
    }
    expect(codeOf(await call('GET', '/v1/elections/42', { as: admin }))).toEqual([422, 'VALIDATION_001']);
    const foreign = await call('POST', '/v1/meetings', { as: theirs.admin, body: { title: 'Theirs' } });
    const body = { ...IRV, meeting_id: foreign.json.meeting_id };
    expect(codeOf(await call('POST', '/v1/elections', { as: admin, body }))).toEqual([404, 'NOT_FOUND_001']);
  });

  test('acts that the state does not allow', async () => {
    const { election } = await openElection();
    const act = (name: string, body?: unknown) =>
      call('POST', `/v1/elections/${election}/${name}`, { as: admin, body });
    expect((await act('open')).status).toBe(409);
    expect((await act('publish')).status).toBe(409);
    expect((await act('close')).status).toBe(200);
    expect((await act('close')).status).toBe(409);
    expect((await act('open')).status).toBe(409);
    expect((await act('publish')).status).toBe(200);
    expect((await act('cancel', { reason: 'late' })).status).toBe(409);
    const cancelled = await newElection();
    const path = `/v1/elections/${cancelled}`;
    expect((await call('POST', `${path}/cancel`, { as: admin, body: { reason: 'No.' } })).json.state).toBe('cancelled');
    expect((await call('POST', `${path}/open`, { as: admin })).status).toBe(409);
  });

  test('elections that cannot be held', async () => {
    const bodies = [
      { ...IRV, options: [OPTIONS[0], OPTIONS[0]] },
      { ...IRV, method: { method: 'stv', settings: { seats: 4 } } },
      { ...IRV, roll: 'meeting' },
      { ...IRV, rules: { quorum: { share: { numerator: 2, denominator: 1 } } } },
      { ...IRV, opens_at: '2030-01-02T00:00:00Z', closes_at: '2030-01-01T00:00:00Z' },
      { ...IRV, opens_at: '0000-01-01T00:00:00Z' },
    ];
    for (const body of bodies) {
      const answer = await call('POST', '/v1/elections', { as: admin, body });
      expect([JSON.stringify(body), ...codeOf(answer)]).toEqual([JSON.stringify(body), 422, 'VALIDATION_001']);
    }
  });

  test('a revoked key stops within a second', async () => {
    const made = await server.engine.apiKeys.create(ours.orgId, { name: 'gone', roles: ['admin'] });
    if (!made.ok) throw new Error(made.failure.message);
    const { keyId, secret } = made.value;
    secrets.push(secret);
    expect((await call('GET', '/v1/meetings', { as: secret })).status).toBe(200);
    await server.engine.apiKeys.revoke(ours.orgId, keyId);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const refused = await call('GET', '/v1/meetings', { as: secret });
    expect([...codeOf(refused), refused.json.details.reason]).toEqual([401, 'AUTH_001', 'revoked']);
  });
});

test('Idempotency-Key creates once, also when two come at the same moment', async () => {
  const body = { title: 'Once' };
  const headers = { 'idempotency-key': 'life-1' };
  const both = await Promise.all([1, 2].map(() => call('POST', '/v1/meetings', { as: admin, body, headers })));
  const again = await call('POST', '/v1/meetings', { as: admin, body, headers });
  expect(again.status).toBe(201);
  for (const { status, json } of both) {
    if (status === 201) expect(json).toEqual(again.json);
    else expect([status, json.error_code]).toEqual([429, 'LOAD_002']);
  }
  const other = await call('POST', '/v1/meetings', { as: admin, body: { title: 'Other' }, headers });
  expect(codeOf(other)).toEqual([409, 'CONFLICT_001']);
  expect((await call('POST', '/v1/meetings', { as: theirs.admin, body, headers })).json.meeting_id).not.toBe(
    again.json.meeting_id,
  );
});

test('an ETag holds until the election changes', async () => {
  const election = await newElection();
  const path = `/v1/elections/${election}`;
  const etag = (await call('GET', path, { as: admin })).headers.get('etag') ?? '';
  const ask = () => call('GET', path, { as: admin, headers: { 'if-none-match': etag } });
  expect((await ask()).status).toBe(304);
  await call('POST', `${path}/present`, { as: admin, body: { present: 12 } });
  expect((await ask()).json).toMatchObject({ present: 12 });
});

test('lists come in pages', async () => {
  const seen = new Set<string>();
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { json } = await call('GET', `/v1/elections?limit=2${query}`, { as: admin });
    for (const { election_id } of json.items) seen.add(election_id);
    cursor = json.next_cursor;
  } while (cursor !== null);
  expect(seen.size).toBeGreaterThan(8);
  expect(codeOf(await call('GET', '/v1/elections?cursor=MTAw', { as: admin }))).toEqual([422, 'VALIDATION_001']);
});

test('live and ready', async () => {
  expect((await call('GET', '/health')).json).toEqual({ status: 'live' });
  expect((await call('GET', '/ready')).json).toMatchObject({ status: 'ready', database: 'up' });
});

test('no secret and no ballot is in the log of all this, and no bug', () => {
  const log = server.lines.join('');
  for (const secret of [...secrets, ...Object.values(ours).slice(1), theirs.admin]) expect(log).not.toContain(secret);
  for (const word of ['ranking', 'choice', 'Bearer', '"ballot"']) expect(log).not.toContain(word);
  expect(server.lines.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});
