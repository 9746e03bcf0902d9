import { describe, expect, test } from 'vitest';
import { accept, refuse } from '../../../engine/outcome.ts';
import { httpOver } from './http-calls.ts';
import { ELECTION, election, stubEngine } from './stub-engine.ts';

const { call } = httpOver();
const CAST_KEY = '00112233445566778899aabbccddeeff';
const cast = `/v1/elections/${ELECTION}/ballots`;
const motion = { title: 'Adopt?', method: { method: 'motion', settings: {} } };

describe('bodies that are no request', () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, number]>([
    ['nothing', '', 400],
    ['half a document', '{"title":', 400],
    ['no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400],
    ['another kind', '[]', 422],
    ['null', 'null', 422],
    ['a number beyond a double', '{"title":1e999}', 422],
    ['deep nesting', `{"title":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 422],
    ['very deep nesting', '['.repeat(120_000) + ']'.repeat(120_000), 422],
    ['a prototype key', '{"__proto__":{"title":"x"}}', 422],
    ['a prototype key inside', '{"title":{"__proto__":1}}', 422],
    ['a constructor key', '{"title":"x","constructor":{"prototype":{}}}', 422],
    ['U+0000 in a text', '{"title":"a\\u0000b"}', 422],
    ['U+0000 in a name', '{"a\\u0000":1}', 422],
    ['half a surrogate pair', '{"title":"\\ud800"}', 422],
    ['the other half', '{"title":"x\\udc00"}', 422],
  ])('%s', async (_name, raw, status) => {
    const answer = await call('POST', '/v1/meetings', { raw });
    expect([answer.status, answer.json.error_code]).toEqual([status, 'VALIDATION_001']);
  });

  test('a body larger than 256 KiB is refused, with and without a length', async () => {
    const raw = JSON.stringify({ title: 'x'.repeat(256 * 1024) });
    expect((await call('POST', '/v1/meetings', { raw })).status).toBe(413);
    const told = await call('POST', '/v1/meetings', { raw: '{}', headers: { 'content-length': '9999999' } });
    expect([told.status, told.json.error_code]).toEqual([413, 'VALIDATION_001']);
  });

  test('credentials may take 2 MiB', async () => {
    const credentials = Array.from({ length: 20_000 }, (_, n) => ({ hash: n.toString(16).padStart(64, '0') }));
    const answer = await call('POST', `/v1/elections/${ELECTION}/credentials`, { body: { credentials } });
    expect(answer).toMatchObject({ status: 200, json: { issued: 20_000 } });
    const raw = ' '.repeat(2 * 1024 * 1024 + 1);
    expect((await call('POST', `/v1/elections/${ELECTION}/credentials`, { raw })).status).toBe(413);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'media type %j is refused',
    async (type) => {
      const answer = await call('POST', '/v1/meetings', { raw: '{"title":"x"}', headers: { 'content-type': type } });
      expect([answer.status, answer.json.error_code]).toEqual([415, 'VALIDATION_001']);
    },
  );
});

describe('fields', () => {
  const fields = async (path: string, body: unknown) => {
    const { status, json } = await call('POST', path, { body });
    expect([status, json.error_code]).toEqual([422, 'VALIDATION_001']);
    return json.details.fields.map((field: { path: string }) => field.path);
  };

  test('an unknown field is named with its path', async () => {
    expect(await fields('/v1/meetings', { title: 'x', colour: 'red' })).toEqual(['colour']);
    expect(await fields('/v1/elections', { ...motion, method: { method: 'motion', settings: { x: 1 } } })).toEqual([
      'method.settings.x',
    ]);
  });

  test('a missing field is named', async () => {
    const { json } = await call('POST', '/v1/meetings', { body: {} });
    expect(json.details.fields).toEqual([{ path: 'title', problem: 'is missing', reason: 'missing' }]);
    expect(json.message).toBe('The request is malformed: title is missing.');
    expect(await fields(cast, { cast_key: CAST_KEY })).toEqual(['ballot']);
  });

  test('texts that are too long have a code of their own, unless something else is wrong too', async () => {
    const long = { title: 'x'.repeat(1_001), method: { method: 'motion', settings: {} } };
    const { status, json } = await call('POST', '/v1/elections', { body: long });
    expect([status, json.error_code]).toEqual([422, 'VALIDATION_002']);
    expect(json.details.fields).toMatchObject([{ path: 'title', reason: 'too_long' }]);
    expect(json.message).toMatch(/^A text is too long: title /);
    expect(await fields('/v1/elections', { ...long, colour: 'red' })).toEqual(['title', 'colour']);
    const short = await call('POST', '/v1/elections', { body: { ...motion, title: '' } });
    expect(short.json.error_code).toBe('VALIDATION_001');
  });

  test.each([
    ['title', { ...motion, title: '  ' }],
    ['method.method', { ...motion, method: { method: 'oracle', settings: {} } }],
    ['options', { ...motion, method: { method: 'irv', settings: {} } }],
    ['options.0.id', { ...motion, options: [{ id: '__proto__', title: 'x' }] }],
    ['options.0.id', { ...motion, options: [{ id: 'a b', title: 'x' }] }],
    ['meeting_id', { ...motion, meeting_id: '42' }],
    ['opens_at', { ...motion, opens_at: 'tomorrow' }],
    ['opens_at', { ...motion, opens_at: '0000-01-01T00:00:00Z' }],
    ['closes_at', { ...motion, closes_at: '9999-12-31T23:59:59-23:00' }],
    ['present', { ...motion, present: -1 }],
    ['present', { ...motion, present: 1.5 }],
    ['secret_step', { ...motion, secret_step: 0 }],
  ])('%s', async (path, body) => {
    expect(await fields('/v1/elections', body)).toEqual([path]);
  });

  test.each([
    ['cast_key', { ballot: {}, cast_key: CAST_KEY.toUpperCase() }],
    ['cast_key', { ballot: {}, cast_key: CAST_KEY.slice(2) }],
    ['cast_key', { ballot: {} }],
    ['credential', { ballot: {}, cast_key: CAST_KEY, credential: '' }],
    ['credential', { ballot: {}, cast_key: CAST_KEY, credential: 5 }],
  ])('of a cast: %s', async (path, body) => {
    expect(await fields(cast, body)).toEqual([path]);
  });

  test.each(['1e3', '-1', '0.1234567', '01', '1,5', '', 'NaN', '0', '0.000000', '1000000.000001', '1000000000000'])(
    'weight %j is none',
    async (weight) => {
      const body = { credentials: [{ hash: '0'.repeat(64), weight }] };
      expect(await fields(`/v1/elections/${ELECTION}/credentials`, body)).toEqual(['credentials.0.weight']);
    },
  );

  test('a weight reaches the engine in micro-units, 1 vote if left out', async () => {
    let weights: bigint[] = [];
    const engine = stubEngine({
      elections: {
        issue: async (_org, _id, credentials) => {
          weights = credentials.map(({ weight }) => weight);
          return accept({ issued: 2, repeated: 0 });
        },
      },
    });
    const credentials = [{ hash: '0'.repeat(64), weight: '0.25' }, { hash: '1'.repeat(64) }];
    await httpOver(engine).call('POST', `/v1/elections/${ELECTION}/credentials`, { body: { credentials } });
    expect(weights).toEqual([250_000n, 1_000_000n]);
  });
});

describe('addresses', () => {
  test.each(['42', '%00', '%ff', '..%2f..', 'x'.repeat(3_000), '__proto__'])(
    'election id %j is malformed',
    async (id) => {
      expect((await call('GET', `/v1/elections/${id}`)).status).toBe(422);
    },
  );

  test('an id in capitals is the same id', async () => {
    expect((await call('GET', `/v1/elections/${ELECTION.toUpperCase()}`)).status).toBe(200);
  });

  test.each(['limit=0', 'limit=1001', 'limit=1.5', 'limit=x', 'cursor=%00', 'cursor=', 'page=2', 'limit=1&limit=2'])(
    'query %s is malformed',
    async (query) => {
      const { status, json } = await call('GET', `/v1/meetings?${query}`);
      expect([status, json.error_code]).toEqual([422, 'VALIDATION_001']);
    },
  );

  test('an unknown address is 404, a known one with another method 405 with Allow', async () => {
    expect(await call('GET', '/v1/nothing')).toMatchObject({ status: 404, json: { error_code: 'NOT_FOUND_001' } });
    const wrong = await call('DELETE', `/v1/elections/${ELECTION}/tally`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await call('PUT', '/v1/meetings', { body: {} })).headers.get('allow')).toBe('POST, GET, HEAD');
  });

  test('HEAD answers like GET without the body', async () => {
    const answer = await call('HEAD', `/v1/elections/${ELECTION}`);
    expect([answer.status, answer.text]).toEqual([200, '']);
  });
});

test('a ballot that breaks the rules is BALLOT_005 with its problems', async () => {
  const problems = [{ path: 'options.0', problem: 'more than 9' }] as const;
  const engine = stubEngine({
    elections: {
      cast: async () => refuse('ballot_invalid', 'The ballot breaks the rules.', { details: { problems } }),
    },
  });
  const body = { ballot: { options: ['z'] }, cast_key: CAST_KEY, credential: 't' };
  const { status, json } = await httpOver(engine).call('POST', cast, { body });
  const found = { problems: [{ ...problems[0], reason: 'above', params: { max: '9' } }] };
  expect([status, json.error_code, json.details]).toEqual([422, 'BALLOT_005', found]);
});

test('an election as JSON has no field that its schema does not know', async () => {
  const { json } = await call('GET', `/v1/elections/${ELECTION}`);
  expect(json).toMatchObject({
    election_id: ELECTION,
    state: 'open',
    changed_pos: election.changedPos,
    opens_at: null,
  });
});
