import { afterAll, describe, expect, test } from 'vitest';
import { accepted } from '../harness/engines.ts';
import { newPerson } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { serveHttp } from './http-server.ts';

const database = await freshDatabase();
const server = await serveHttp(database.ownerUrl);
afterAll(() => server.stop());
const { call, ours } = server;
const chair = ours.moderator;

/** Somebody who is signed in and administers the organisation. */
async function newAdmin(number: string) {
  const { pair, person } = await newPerson(server.engine);
  const input = { number, name: number, roles: ['admin'] } as const;
  const actor = { id: ours.orgId, givesRoles: true };
  const { memberId } = accepted(await server.engine.members.create(ours.orgId, input, actor));
  accepted(await server.engine.organisations.linkMember(ours.orgId, memberId, person.accountId));
  return { memberId, token: pair.accessToken };
}

/** The address of an open motion with ballots on paper. */
async function openWithPaper(): Promise<string> {
  const body = { title: 'Adopt the budget?', method: { method: 'motion', settings: {} } };
  const { json } = await call('POST', '/v1/elections', { as: chair, body });
  const path = `/v1/elections/${json.election_id}`;
  expect((await call('POST', `${path}/open`, { as: chair })).status).toBe(200);
  await call('PUT', `${path}/paper-declaration`, { as: chair, body: { ballots: 100 } });
  return path;
}

describe('who made a key counts for it', () => {
  const count = { ballots: 2, totals: { options: { yes: 2, no: 0 } } };
  const makeKey = async (as: string, name: string) => {
    const body = { name, roles: ['admin'] };
    return (await call('POST', '/v1/api-keys', { as, body })).json as { secret: string; key: { key_id: string } };
  };

  test('a person, their keys and what those keys made are one; others and the operator are not', async () => {
    const [ann, bob] = [await newAdmin('ann'), await newAdmin('bob')];
    const annsKey = await makeKey(ann.token, "Ann's");
    const madeByIt = await makeKey(annsKey.secret, "Ann's second");
    const bobsKey = await makeKey(bob.token, "Bob's");
    const path = await openWithPaper();
    const enter = async (as: string) => {
      const { json } = await call('POST', `${path}/paper-batches`, { as, body: { label: 'Box', count } });
      return `${path}/paper-batches/${json.batch_id}/confirm`;
    };
    const confirm = async (at: string, as: string) => {
      const { json } = await call('POST', at, { as, body: { count } });
      return json.state ?? json.details.reason;
    };
    const annsSelves = [ann.token, annsKey.secret, madeByIt.secret];
    for (const first of annsSelves) {
      const at = await enter(first);
      for (const second of annsSelves) expect(await confirm(at, second)).toBe('same_person');
      expect(await confirm(at, first === ann.token ? bob.token : bobsKey.secret)).toBe('confirmed');
    }
    const operators = [chair, ours.admin];
    const at = await enter(ours.moderator);
    for (const second of operators) expect(await confirm(at, second)).toBe('same_person');
    expect(await confirm(at, annsKey.secret)).toBe('confirmed');
  });

  test('whoever gives a key a new secret is who it counts for from then on', async () => {
    const [ann, bob] = [await newAdmin('ann2'), await newAdmin('bob2')];
    const { key } = await makeKey(ann.token, "Ann's");
    const rotate = `/v1/api-keys/${key.key_id}/rotate`;
    const { secret } = (await call('POST', rotate, { as: bob.token, body: { overlap_seconds: 0 } })).json;
    const path = await openWithPaper();
    const entered = await call('POST', `${path}/paper-batches`, { as: bob.token, body: { label: 'Box', count } });
    const confirm = `${path}/paper-batches/${entered.json.batch_id}/confirm`;
    expect((await call('POST', confirm, { as: secret, body: { count } })).json.details.reason).toBe('same_person');
    expect((await call('POST', confirm, { as: ann.token, body: { count } })).json.state).toBe('confirmed');
  });
});
