import { createHash, randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { METHOD_IDS } from '../../protocol/methods/index.ts';
import { standingView } from '../../protocol/standing.ts';
import { templatePage } from '../../protocol/templates.ts';
import { accepted } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { newCastKey, newToken, serveHttp } from './http-server.ts';

const database = await freshDatabase();
const server = await serveHttp(database.ownerUrl);
afterAll(() => server.stop());
const { call, ours, theirs } = server;
const chair = ours.moderator;

const MOTION = { title: 'Adopt the budget?', method: { method: 'motion', settings: {} } };
const options = ['ada', 'grace'].map((id) => ({ id, title: id }));

/** An open motion with voters of these weights on its roll, in the order given. */
async function openMotion(weights: readonly string[], more: object = {}) {
  const { json } = await call('POST', '/v1/elections', { as: chair, body: { ...MOTION, secret_step: 1, ...more } });
  const path = `/v1/elections/${json.election_id}`;
  const tokens = weights.map(() => newToken());
  const credentials = tokens.map(({ hash }, i) => ({ hash, weight: weights[i] }));
  await call('POST', `${path}/credentials`, { as: chair, body: { credentials } });
  expect((await call('POST', `${path}/open`, { as: chair })).status).toBe(200);
  const cast = async (voter: number, choice: string) => {
    const body = { credential: tokens[voter]?.token, ballot: { choice }, cast_key: newCastKey() };
    expect((await call('POST', `${path}/ballots`, { as: chair, body })).status).toBe(201);
  };
  return { id: json.election_id as string, path, cast };
}

/** A key that this member made; without one the operator's. */
async function keyOf(makerId?: string): Promise<string> {
  const input = { name: 'Second chair', roles: ['moderator'], makerId } as const;
  return accepted(await server.engine.apiKeys.create(ours.orgId, input)).secret;
}

async function upload(bytes: Uint8Array, type: string, as = chair) {
  const response = await fetch(`${server.address}/v1/pictures`, {
    method: 'POST',
    headers: { authorization: `Bearer ${as}`, 'content-type': type },
    body: new Uint8Array(bytes),
  });
  return { status: response.status, json: (await response.json()) as Record<string, never> };
}

describe('drafts over HTTP', () => {
  test('made, changed, copied, deleted; the clock of the server goes with every answer', async () => {
    const { json, headers } = await call('POST', '/v1/elections', { as: chair, body: MOTION });
    expect(Math.abs(Date.parse(headers.get('x-server-time') ?? '') - Date.now())).toBeLessThan(5_000);
    const path = `/v1/elections/${json.election_id}`;
    const changed = await call('PATCH', path, { as: chair, body: { title: 'Adopt?', duration_seconds: 90 } });
    expect(changed).toMatchObject({ status: 200, json: { title: 'Adopt?', duration_seconds: 90, state: 'draft' } });
    expect(changed.headers.get('etag')).toBe(`"draft-${changed.json.changed_pos}"`);
    expect((await call('PATCH', path, { as: chair, body: { title: ' ' } })).json.details.fields[0].path).toBe('title');
    const copy = await call('POST', `${path}/copy`, { as: chair, body: { title: 'Once more' } });
    expect(copy).toMatchObject({ status: 201, json: { title: 'Once more', duration_seconds: 90 } });
    expect((await call('POST', `${path}/copy`, { as: chair })).json.title).toBe('Adopt?');
    for (const as of [ours.member, theirs.admin]) {
      expect((await call('DELETE', path, { as })).status).toBe(as === ours.member ? 403 : 404);
      expect((await call('PATCH', path, { as, body: { title: 'x' } })).status).toBe(as === ours.member ? 403 : 404);
    }
    expect((await call('DELETE', path, { as: chair })).status).toBe(204);
    expect((await call('GET', path, { as: chair })).status).toBe(404);
  });

  test('past times, one option and two ends are refused with the field', async () => {
    for (const [path, more] of [
      ['opens_at', { opens_at: '2020-01-01T00:00:00Z' }],
      ['closes_at', { closes_at: '2020-01-01T00:00:00Z' }],
      ['duration_seconds', { closes_at: '2999-01-01T00:00:00Z', duration_seconds: 60 }],
      ['options', { method: { method: 'irv', settings: {} }, options: [{ id: 'a', title: 'A' }] }],
    ] as const) {
      const { status, json } = await call('POST', '/v1/elections', { as: chair, body: { ...MOTION, ...more } });
      expect([status, json.details.fields[0].path]).toEqual([422, path]);
    }
  });

  test('opened for a while, extended, and never shortened', async () => {
    const { json } = await call('POST', '/v1/elections', { as: chair, body: MOTION });
    const path = `/v1/elections/${json.election_id}`;
    const opened = await call('POST', `${path}/open`, { as: chair, body: { duration_seconds: 60 } });
    const left = Date.parse(opened.json.closes_at) - Date.parse(opened.headers.get('x-server-time') ?? '');
    expect(left).toBeGreaterThan(55_000);
    const extended = await call('POST', `${path}/extend`, { as: chair, body: { by_seconds: 30 } });
    expect(Date.parse(extended.json.closes_at) - Date.parse(opened.json.closes_at)).toBe(30_000);
    const shorter = await call('POST', `${path}/extend`, { as: chair, body: { closes_at: opened.json.closes_at } });
    expect([shorter.status, shorter.json.details.fields[0].path]).toEqual([422, 'closes_at']);
    expect((await call('POST', `${path}/extend`, { as: chair, body: {} })).status).toBe(422);
    expect((await call('POST', `${path}/open`, { as: chair, body: {} })).status).toBe(409);
  });
});

describe('templates', () => {
  test('there is a built-in one for each method, and each makes an election that opens', async () => {
    const { json } = await call('GET', '/v1/election-templates', { as: chair });
    const { items } = templatePage.parse(json);
    expect(new Set(items.map(({ election }) => election.method.method))).toEqual(new Set(METHOD_IDS));
    for (const { template_id: id, election } of items) {
      const three = [...options, { id: 'edsger', title: 'Edsger' }];
      const body = { title: 'From a template', ...(election.method.method === 'motion' ? {} : { options: three }) };
      const made = await call('POST', `/v1/election-templates/${id}/elections`, { as: chair, body });
      expect([id, made.status]).toEqual([id, 201]);
      expect(made.json).toMatchObject({ method: election.method, title: 'From a template' });
      expect((await call('POST', `/v1/elections/${made.json.election_id}/open`, { as: chair })).status).toBe(200);
    }
  });

  test('an organisation makes its own, which nobody else sees', async () => {
    const body = {
      name: 'Board',
      election: { method: { method: 'stv', settings: { seats: 2 } }, visibility: 'hidden' },
    };
    const { status, json } = await call('POST', '/v1/election-templates', { as: chair, body });
    expect([status, json.built_in, json.election.visibility]).toEqual([201, false, 'hidden']);
    const path = `/v1/election-templates/${json.template_id}`;
    expect((await call('GET', path, { as: theirs.admin })).status).toBe(404);
    expect((await call('PATCH', path, { as: chair, body: { name: 'Board of two' } })).json.name).toBe('Board of two');
    const incomplete = await call('POST', `${path}/elections`, { as: chair, body: { title: 'x' } });
    expect([incomplete.status, incomplete.json.details.fields[0].path]).toEqual([422, 'options']);
    const made = await call('POST', `${path}/elections`, {
      as: chair,
      body: { title: 'Board', options, visibility: 'count' },
    });
    expect(made.json).toMatchObject({ visibility: 'count', method: { settings: { seats: 2 } } });
    expect((await call('DELETE', path, { as: chair })).status).toBe(204);
    expect((await call('GET', path, { as: chair })).status).toBe(404);
  });

  test('what cannot be held is no template; a built-in one stays as it is', async () => {
    const election = { method: { method: 'score', settings: {} }, rules: { majority: { threshold: 'absolute' } } };
    const { status, json } = await call('POST', '/v1/election-templates', { as: chair, body: { name: 'x', election } });
    expect([status, json.details.fields[0].path]).toEqual([422, 'rules.majority']);
    expect((await call('DELETE', '/v1/election-templates/motion', { as: chair })).status).toBe(409);
    expect((await call('GET', '/v1/election-templates/nothing', { as: chair })).status).toBe(404);
    expect((await call('GET', '/v1/election-templates', { as: ours.member })).status).toBe(403);
  });
});

describe('pictures', () => {
  const image = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#246' } }).withMetadata({
      exif: { IFD0: { Artist: 'Eve' } },
    });

  test('are made anew, small, without what hid in them, and shown to whoever knows the id', async () => {
    for (const [type, bytes] of [
      ['image/png', await image(1600, 400).png().toBuffer()],
      ['image/jpeg', await image(400, 1600).jpeg().toBuffer()],
      ['image/webp', await image(300, 200).webp().toBuffer()],
    ] as const) {
      const { status, json } = await upload(bytes, type);
      expect(status).toBe(201);
      const shown = await fetch(`${server.address}${json.url}`);
      expect(Object.fromEntries(shown.headers)).toMatchObject({
        'content-type': 'image/webp',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      const content = Buffer.from(await shown.arrayBuffer());
      const { width, height, exif } = await sharp(content).metadata();
      expect([width, height]).toEqual([json.width, json.height]);
      expect(Math.max(width ?? 0, height ?? 0)).toBeLessThanOrEqual(800);
      expect(exif).toBeUndefined();
      expect(content.includes('Eve')).toBe(false);
    }
    expect((await call('GET', `/v1/pictures/${randomUUID()}`)).status).toBe(404);
  });

  test('a hall that opens a ballot at one moment gets all of them', async () => {
    const { json } = await upload(await image(64, 64).png().toBuffer(), 'image/png');
    const answers = await Promise.all(Array.from({ length: 200 }, () => fetch(`${server.address}${json.url}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  });

  test('an option carries the own organisation’s pictures only', async () => {
    const { json } = await upload(await image(10, 10).png().toBuffer(), 'image/png');
    const body = {
      ...MOTION,
      method: { method: 'irv', settings: {} },
      options: [{ ...options[0], picture: json.picture_id }, options[1]],
    };
    expect((await call('POST', '/v1/elections', { as: chair, body })).json.options[0].picture).toBe(json.picture_id);
    const stolen = await call('POST', '/v1/elections', { as: theirs.moderator, body });
    expect([stolen.status, stolen.json.details.fields[0].path]).toEqual([422, 'options.0.picture']);
  });

  const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
  const bomb = () => sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: '#000' } });
  test.each<[string, number, string, () => Buffer | Promise<Buffer>]>([
    ['a text that says it is a PNG', 422, 'image/png', () => Buffer.from('hello')],
    ['an SVG', 415, 'image/svg+xml', () => SVG],
    ['an SVG that says it is a PNG', 422, 'image/png', () => SVG],
    ['half a PNG', 422, 'image/png', async () => (await image(600, 600).png().toBuffer()).subarray(0, 200)],
    ['a GIF', 422, 'image/webp', () => image(9, 9).gif().toBuffer()],
    ['a bomb', 422, 'image/png', () => bomb().png().toBuffer()],
    ['more than 2 MiB', 413, 'image/png', () => Buffer.alloc(2 * 1024 * 1024 + 1)],
    ['nothing', 422, 'image/png', () => Buffer.alloc(0)],
  ])('%s is refused', async (_name, status, type, bytes) => {
    const answer = await upload(await bytes(), type);
    expect([answer.status, answer.json.error_code]).toEqual([status, 'VALIDATION_001']);
  });
});

describe('where it stands', () => {
  const standingOf = async (path: string, as = ours.member) => {
    const { json } = await call('GET', `${path}/standing`, { as });
    return standingView.parse(json).standing;
  };

  test('in words and figures: what is missing for the quorum, carried if it closed now', async () => {
    const rules = {
      quorum: { share: { numerator: 1, denominator: 2 } },
      majority: { base: 'valid', threshold: 'two_thirds' },
    };
    const { path, cast } = await openMotion(['1', '1', '1', '1', '1', '1'], { rules });
    await cast(0, 'yes');
    expect(await standingOf(path)).toMatchObject({
      quorum: {
        needed: '3',
        given: '1',
        missing: '2',
        reached: false,
        words: 'Needs 2 more votes for the quorum of 3.',
      },
      outcome: 'not_carried',
    });
    await cast(1, 'yes');
    await cast(2, 'no');
    const now = await standingOf(path);
    expect(now).toMatchObject({
      quorum: { missing: '0', reached: true },
      majority: { base_weight: '3', needed: '2', given: '2', missing: '0', reached: true },
      outcome: 'carried',
      words: ['Quorum reached: 3 votes, needed 3.', 'Carried if it closed now: 2 of 3 valid votes, needed 2.'],
    });
    expect((await call('GET', `${path}/tally`, { as: ours.member })).json.standing).toEqual(now);
    await call('POST', `${path}/cancel`, { as: chair, body: { reason: 'x' } });
    expect(await standingOf(path)).toBeNull();
  });

  test('tells no more than the visibility: of a count the quorum by heads, of hidden votes nothing', async () => {
    const rules = { quorum: { number: 2 } };
    const count = await openMotion(['1', '1'], { rules, visibility: 'count' });
    await count.cast(0, 'yes');
    expect(await standingOf(count.path)).toMatchObject({ quorum: { missing: '1' }, majority: null, outcome: null });
    const hidden = await openMotion(['1', '1'], { rules, visibility: 'hidden' });
    await hidden.cast(0, 'yes');
    expect(await standingOf(hidden.path)).toEqual({
      quorum: null,
      majority: null,
      outcome: null,
      leading: [],
      words: [],
    });
    const weighted = await openMotion(['5', '1'], {
      rules: { quorum: { share: { numerator: 1, denominator: 2 } } },
      visibility: 'count',
    });
    await weighted.cast(0, 'yes');
    expect(await standingOf(weighted.path)).toMatchObject({ quorum: null });
  });

  test('moves with who is present, at once', async () => {
    const rules = { majority: { base: 'present', threshold: 'absolute' } };
    const { path, cast } = await openMotion(['1', '1', '1'], { rules });
    await cast(0, 'yes');
    expect(await standingOf(path)).toMatchObject({ majority: null, outcome: 'not_carried' });
    const present = await call('POST', `${path}/present`, { as: chair, body: { present: 1 } });
    expect(present.json).toMatchObject({ present: 1, present_weight: null });
    expect(await standingOf(path)).toMatchObject({ outcome: 'carried', majority: { base_weight: '1' } });
    await call('POST', `${path}/present`, { as: chair, body: { present: 2, present_weight: '4' } });
    expect(await standingOf(path)).toMatchObject({
      outcome: 'not_carried',
      majority: { base_weight: '4', missing: '2' },
    });
  });
});

describe('results', () => {
  test('carry titles, in JSON and CSV; minutes are a PDF, the same bytes each time', async () => {
    const { id, path, cast } = await openMotion(['1', '1'], { title: 'Žluťoučký kůň: Ναι; да' });
    await cast(0, 'yes');
    await call('POST', `${path}/close`, { as: chair });
    expect((await call('GET', `${path}/minutes.pdf`, { as: ours.member })).status).toBe(409);
    const preview = await call('GET', `${path}/minutes.pdf`, { as: chair });
    expect(preview.headers.get('content-type')).toBe('application/pdf');
    await call('POST', `${path}/publish`, { as: chair });
    const { json } = await call('GET', `${path}/result`, { as: ours.member });
    expect(json).toMatchObject({
      title: 'Žluťoučký kůň: Ναι; да',
      options: [{ id: 'yes', title: 'Yes' }, { id: 'no' }],
      paper: null,
    });
    const csv = await call('GET', `${path}/result.csv`, { as: ours.member });
    expect(csv.text.split('\r\n').slice(0, 2)).toEqual([
      'round,option,title,votes,received,given,status,rule',
      '1,yes,Yes,1,0,0,elected,more votes of yes and no',
    ]);
    const pdf = async (query: string, as = ours.member) => {
      const response = await fetch(`${server.address}${path}/minutes.pdf${query}`, {
        headers: { authorization: `Bearer ${as}` },
      });
      return Buffer.from(await response.arrayBuffer());
    };
    const [first, again, german] = [
      await pdf(''),
      await pdf('?lang=en'),
      await pdf('?lang=de&time_zone=Europe/Berlin'),
    ];
    expect(first.subarray(0, 5).toString()).toBe('%PDF-');
    const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(sha256(first)).toBe(sha256(again));
    expect(sha256(german)).not.toBe(sha256(first));
    expect((await call('GET', `${path}/minutes.pdf?time_zone=Mars/Olympus`, { as: chair })).status).toBe(422);
    expect((await call('GET', `${path}/minutes.pdf`, { as: theirs.admin })).status).toBe(404);
    expect((await call('GET', `/v1/elections/${id}/minutes.pdf`)).status).toBe(401);
  });
});

test('paper ballots over HTTP: two persons, the mismatch named, the batch in the result', async () => {
  const another = await keyOf(randomUUID());
  const { path, cast } = await openMotion(['1', '1']);
  await cast(0, 'no');
  const count = { ballots: 3, totals: { options: { yes: 2, no: 1 } } };
  expect((await call('PUT', `${path}/paper-declaration`, { as: chair, body: { ballots: 3 } })).json.declared).toBe(3);
  const entered = await call('POST', `${path}/paper-batches`, { as: chair, body: { label: 'Box', count } });
  expect(entered).toMatchObject({ status: 201, json: { state: 'entered', own: true } });
  const confirm = `${path}/paper-batches/${entered.json.batch_id}/confirm`;
  expect((await call('POST', confirm, { as: chair, body: { count } })).json.details.reason).toBe('same_person');
  const wrong = { ballots: 3, totals: { options: { yes: 1, no: 2 } } };
  const mismatch = await call('POST', confirm, { as: another, body: { count: wrong } });
  expect([mismatch.status, mismatch.json.details.reason]).toEqual([409, 'mismatch']);
  expect((await call('POST', confirm, { as: ours.member, body: { count } })).status).toBe(403);
  expect((await call('POST', confirm, { as: theirs.admin, body: { count } })).status).toBe(404);
  expect((await call('POST', confirm, { as: another, body: { count } })).json.state).toBe('confirmed');
  expect((await call('GET', `${path}/paper-batches`, { as: chair })).json).toMatchObject({ entered: 3, confirmed: 3 });
  await call('POST', `${path}/close`, { as: chair });
  expect((await call('GET', `${path}/result`, { as: chair })).json).toMatchObject({
    ruling: { outcome: 'not_carried' },
    paper: { cast: 3, options: { yes: '2', no: '1' } },
  });
  expect((await call('POST', `${path}/recount`, { as: chair })).json).toMatchObject({
    ballots: 1,
    paper_ballots: 3,
    equals_result: true,
  });
});

test('a template whose group or picture is not there is refused, naming the field, and nothing is stored', async () => {
  const groupOf = async (as: string) =>
    (await call('POST', '/v1/groups', { as, body: { name: `Board ${randomUUID()}` } })).json.group_id as string;
  const [own, foreign] = [await groupOf(ours.admin), await groupOf(theirs.admin)];
  const method = { method: 'motion', settings: {} };
  const template = (name: string, election: object) => ({ name, election: { method, roll: 'members', ...election } });
  const create = (name: string, election: object) =>
    call('POST', '/v1/election-templates', { as: ours.admin, body: template(name, election) });
  const made = await create('Own', { roll_group_id: own });
  expect(made).toMatchObject({ status: 201, json: { election: { roll_group_id: own } } });
  const path = `/v1/election-templates/${made.json.template_id}`;
  for (const group of [foreign, randomUUID()]) {
    const field = { path: 'election.roll_group_id', problem: 'no such group' };
    const refused = await create('Strange', { roll_group_id: group });
    expect([refused.status, refused.json.details.fields]).toMatchObject([422, [field]]);
    const body = { election: { method, roll: 'members', roll_group_id: group } };
    const edited = await call('PATCH', path, { as: ours.admin, body });
    expect([edited.status, edited.json.details.fields]).toMatchObject([422, [field]]);
  }
  const choose = { method: 'choose', settings: { min: 1, max: 1 } };
  const withPicture = [{ ...options[0], picture: randomUUID() }, options[1]];
  const pictured = await create('Pictured', { method: choose, roll: 'tokens', options: withPicture });
  expect([pictured.status, pictured.json.details.fields[0].path]).toEqual([422, 'election.options.0.picture']);
  const { json } = await call('GET', '/v1/election-templates', { as: ours.admin });
  const names = json.items.map(({ name }: { name: string }) => name);
  expect([names.includes('Own'), names.includes('Strange'), names.includes('Pictured')]).toEqual([true, false, false]);
  expect((await call('GET', path, { as: ours.admin })).json.election.roll_group_id).toBe(own);
  // a name may be changed after the group has gone; using the template tells
  expect((await call('DELETE', `/v1/groups/${own}`, { as: ours.admin })).status).toBe(204);
  expect((await call('PATCH', path, { as: ours.admin, body: { name: 'Orphan' } })).json.name).toBe('Orphan');
});
