import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { MemberImport, MembersActor } from '../../engine/index.ts';
import { accepted, openEngine } from '../harness/engines.ts';
import { newAccount, newPerson } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';

/** Lists of members meet members whom a person has signed in as: above all whoever founded the organisation. */

const engine = await openEngine(await freshDatabase());
const admin: MembersActor = { id: randomUUID(), givesRoles: true };

async function founded(): Promise<{ email: string; orgId: string }> {
  const email = await newAccount(engine);
  const made = accepted(await engine.organisations.createFor(email, { name: 'Club' }));
  return { email, orgId: made?.orgId ?? '' };
}

async function preview(orgId: string, file: string): Promise<MemberImport> {
  return accepted(await engine.memberImports.preview(orgId, { bytes: Buffer.from(file) }, admin));
}

async function load(orgId: string, file: string): Promise<void> {
  const { importId } = await preview(orgId, file);
  accepted(await engine.memberImports.accept(orgId, importId, admin));
}

/** Everybody, by number. */
async function members(orgId: string): Promise<unknown[][]> {
  const { items } = accepted(await engine.members.list(orgId, { limit: 100 }));
  return items
    .map(({ number, name, email, roles }) => [number, name, email, roles.join('+')])
    .sort(([a], [b]) => String(a).localeCompare(String(b)));
}

const errorsOf = ({ errors }: MemberImport) =>
  errors.map(({ line, column, problem, value }) => [line, column, problem, value]);

test('a founder has the proved address of the account and no number of a list, whichever way it is made', async () => {
  const { email, person } = await newPerson(engine);
  const byHttp = accepted(await engine.organisations.create(person, { name: 'Club' }));
  const byCommand = await founded();
  expect(await members(byHttp.orgId)).toEqual([['founder', expect.any(String), email, 'admin+member']]);
  expect(await members(byCommand.orgId)).toEqual([['founder', expect.any(String), byCommand.email, 'admin+member']]);
  const next = accepted(await engine.members.create(byHttp.orgId, { name: 'Bea' }, admin));
  expect(next.number).toBe('1');
});

test('a list that begins with 1 makes a new member of it and leaves the founder alone', async () => {
  const { email, orgId } = await founded();
  const [founder] = await members(orgId);
  await load(orgId, 'number,name,email\n1,Ann Smith,ann@x.example\n2,Bob,bob@x.example');
  expect(await members(orgId)).toEqual([
    ['1', 'Ann Smith', 'ann@x.example', 'member'],
    ['2', 'Bob', 'bob@x.example', 'member'],
    founder,
  ]);
  expect(founder?.[2]).toBe(email);
});

test("the founder's own row gives the founder its number and name, and makes no second member", async () => {
  const { email, orgId } = await founded();
  const file = `number,name,email\n1,Ann Smith,ann@x.example\n7,Grace Hopper,${email.toUpperCase()}`;
  const shown = await preview(orgId, file);
  expect(shown.counts).toMatchObject({ new: 1, changed: 1, wrong: 0 });
  await load(orgId, file);
  const after = [
    ['1', 'Ann Smith', 'ann@x.example', 'member'],
    ['7', 'Grace Hopper', email, 'admin+member'],
  ];
  expect(await members(orgId)).toEqual(after);
  expect((await preview(orgId, file)).counts).toMatchObject({ new: 0, changed: 0, unchanged: 2 });
  // from now on the number is one like all others
  expect(errorsOf(await preview(orgId, `number,name,email\n8,Grace,${email}`))).toEqual([
    [2, 'email', 'email_taken', email],
  ]);
});

test('two rows for the founder, by number and by address, are an error', async () => {
  const { email, orgId } = await founded();
  const shown = await preview(orgId, `number,name,email\nfounder,Grace,\n7,Grace,${email}`);
  expect(errorsOf(shown)).toEqual([[3, null, 'member_twice', '7']]);
});

test('a member whom a person has signed in as keeps the address against a list, and others do not', async () => {
  const { email, orgId } = await founded();
  const second = await newPerson(engine);
  const linked = accepted(await engine.members.create(orgId, { number: '1', name: 'Bea' }, admin));
  accepted(await engine.organisations.linkMember(orgId, linked.memberId, second.person.accountId));
  await load(orgId, 'number,name,email\n2,Cy,cy@x.example');
  const before = await members(orgId);
  const shown = await preview(
    orgId,
    'number,name,email\nfounder,Ann,ann@x.example\n1,Dan,dan@x.example\n2,Cy,cy.new@x.example',
  );
  expect(errorsOf(shown)).toEqual([
    [2, 'email', 'account_taken', 'ann@x.example'],
    [3, 'email', 'account_taken', 'dan@x.example'],
  ]);
  expect(shown.errors[0]?.message).toMatch(/^A person has signed in as this member with another address: /);
  expect(await members(orgId)).toEqual(before);
  // what the person signs in with may be written down, and the rest may change
  await load(orgId, `number,name,email\nfounder,Grace,${email}\n1,Bea King,${second.email}`);
  expect(await members(orgId)).toEqual([
    ['1', 'Bea King', second.email, 'member'],
    ['2', 'Cy', 'cy@x.example', 'member'],
    ['founder', 'Grace', email, 'admin+member'],
  ]);
});

test('a preview shows whom it changes first, with who they were', async () => {
  const { orgId } = await founded();
  await load(orgId, 'number,name,email\n1,Ada,ada@x.example\n9,Cy,');
  const { sample } = await preview(orgId, 'number,name,email\n1,Ada,ada@x.example\n2,Bea,\n9,Ann,ann@x.example');
  expect(sample.map(({ line, action, name, before }) => [line, action, name, before])).toEqual([
    [4, 'changed', 'Ann', { name: 'Cy', email: null }],
    [2, 'unchanged', 'Ada', null],
    [3, 'new', 'Bea', null],
  ]);
});
