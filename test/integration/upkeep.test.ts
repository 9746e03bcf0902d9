import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import type { MemberQuery, NewElection } from '../../engine/index.ts';
import { accepted, kindOf, newElection, newOrganisation, openEngine } from '../harness/engines.ts';
import { newAddress, PASSWORD, tokenTo } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const other = await openEngine(database);
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

const ACTOR = randomUUID();
const ALL = 1_000;
const picture = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'blue' } })
  .png()
  .toBuffer();

/** So old as if it had been made so long ago. */
async function age(table: 'pictures' | 'accounts', interval: string): Promise<void> {
  await superuser`UPDATE ${superuser(`app.${table}`)} SET created_at = created_at - ${interval}::text::interval`;
}

test('pictures that no option ever named go after a day; named ones stay, whatever becomes of the vote', async () => {
  const orgId = await newOrganisation(engine);
  const upload = async () => accepted(await engine.pictures.add(orgId, picture, ACTOR)).pictureId;
  const shows = async (pictureId: string) =>
    (await superuser`SELECT FROM app.pictures WHERE picture_id = ${pictureId}`).length === 1;
  const method = { method: 'choose', settings: { min: 1, max: 1, seats: 1 } } as const;
  const optionsWith = (pictureId: string): NewElection['options'] => [
    { id: 'a', title: 'A', picture: pictureId },
    { id: 'b', title: 'B' },
  ];
  const [inDraft, inEdit, inDeleted, inTemplate, unused] = [
    ...[await upload(), await upload(), await upload(), await upload(), await upload()],
  ] as [string, string, string, string, string];
  await newElection(engine, orgId, { method, options: optionsWith(inDraft) });
  const { electionId } = await newElection(engine, orgId, { method, options: optionsWith(inDeleted) });
  accepted(await engine.elections.edit(orgId, electionId, { options: optionsWith(inEdit) }, ACTOR));
  accepted(await engine.elections.remove(orgId, electionId, ACTOR));
  accepted(
    await engine.templates.create(orgId, { name: 'T', election: { method, options: optionsWith(inTemplate) } }, ACTOR),
  );
  expect(await engine.upkeep.unusedPictures(ALL)).toBe(0);
  await age('pictures', '23 hours 59 minutes');
  expect(await engine.upkeep.unusedPictures(ALL)).toBe(0);
  await age('pictures', '2 minutes');
  expect(await engine.upkeep.unusedPictures(ALL)).toBe(1);
  expect(await shows(unused)).toBe(false);
  for (const kept of [inDraft, inEdit, inDeleted, inTemplate]) expect(await shows(kept)).toBe(true);
  const late = newElection(engine, orgId, { method, options: optionsWith(unused) });
  await expect(late).rejects.toThrow(); // refused: the picture is not there
});

test('at most so many go at once, and two gateways take each of them once', async () => {
  const orgId = await newOrganisation(engine);
  for (let i = 0; i < 12; i += 1) accepted(await engine.pictures.add(orgId, picture, ACTOR));
  await age('pictures', '2 days');
  expect(await engine.upkeep.unusedPictures(5)).toBe(5);
  const both = await Promise.all([engine.upkeep.unusedPictures(ALL), other.upkeep.unusedPictures(ALL)]);
  expect(both[0] + both[1]).toBe(7);
});

test('accounts that nobody proves go after a week, with their links; the address is free again', async () => {
  const register = (email: string) =>
    engine.registration.register({ email, password: PASSWORD, name: 'A', locale: 'en' });
  const has = async (email: string) => (await superuser`SELECT FROM app.accounts WHERE email = ${email}`).length === 1;
  const [never, proven, again] = [newAddress('never'), newAddress('proven'), newAddress('again')];
  for (const email of [never, proven, again]) accepted(await register(email));
  accepted(await engine.registration.verifyEmail(await tokenTo(engine, proven, 'verify-email')));
  await age('accounts', '6 days 23 hours');
  expect(await engine.upkeep.unprovenAccounts(ALL)).toBe(0);
  await age('accounts', '2 hours');
  expect(await engine.upkeep.unprovenAccounts(ALL)).toBe(0); // their links are good still
  await superuser`UPDATE app.account_tokens SET expires_at = clock_timestamp() - interval '1 minute', created_at = created_at - interval '1 day'`;
  accepted(await register(again)); // with a link that is good for a day
  expect(await engine.upkeep.unprovenAccounts(ALL)).toBe(1);
  expect([await has(never), await has(proven), await has(again)]).toEqual([false, true, true]);
  accepted(await register(never));
  accepted(await engine.registration.verifyEmail(await tokenTo(engine, never, 'verify-email')));
  expect(kindOf(await engine.signIn.byPassword({ email: never, password: PASSWORD }, { userAgent: '' }))).toBe('ok');
});

test('words that no member has any more are looked for no more; those of others stay', async () => {
  const orgId = await newOrganisation(engine);
  const chair = { id: ACTOR, givesRoles: true };
  const add = async (name: string) => accepted(await engine.members.create(orgId, { name }, chair)).memberId;
  const lexicon = async () =>
    (
      await superuser<{ word: string }[]>`SELECT word FROM app.member_lexicon WHERE org_id = ${orgId} ORDER BY word`
    ).map(({ word }) => word);
  const found = async (q: string) => accepted(await engine.members.list(orgId, { q } as MemberQuery)).items.length;
  const ada = await add('Ada Lovelace');
  await add('Grace Hopper');
  expect(await found('lovelase')).toBe(1);
  accepted(await engine.members.change(orgId, ada, { name: 'Ada Byron' }, chair));
  expect(await lexicon()).toContain('lovelace');
  // a change of members that is on its way is not run into
  await superuser.begin(async (tx) => {
    await tx`SELECT app.lock_members(${orgId})`;
    expect(await engine.upkeep.unusedWords(ALL)).toBe(0);
  });
  expect(await engine.upkeep.unusedWords(ALL)).toBe(1);
  expect(await lexicon()).toEqual(['ada', 'byron', 'grace', 'hopper']);
  expect(await found('hoper')).toBe(1);
  expect(await found('biron')).toBe(1);
});
