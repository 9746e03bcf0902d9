import { afterAll, describe, expect, test } from 'vitest';
import { keysOf, trackingCodeIn } from '../../engine/elections/keys.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { castOf, connectAs, type TestElection, TestUrn } from '../harness/urn.ts';

const database = await freshDatabase();
const urn = new TestUrn(database.ownerUrl);
afterAll(() => urn.close());

/** Batches of several sizes, cast one after the other; the last credential is left unspent. */
async function votedElection() {
  const { election, credentials } = await urn.openElection(41);
  const casts = credentials.slice(0, 40).map((credential, i) => castOf(credential, `${i % 3}`));
  for (const [from, to] of [
    [0, 1],
    [1, 20],
    [20, 22],
    [22, 40],
  ]) {
    await election.cast(casts.slice(from, to));
  }
  return { election, credentials, casts };
}

const inboxes = async (election: TestElection) => {
  const [row] = await urn.superuser`SELECT to_regclass(${election.inbox}) IS NOT NULL AS there`;
  return row?.there;
};

/** Names of the tables in which a row's text holds the given hex, whatever the column. */
async function tablesHolding(hex: string): Promise<string[]> {
  const tables = await urn.superuser<{ name: string }[]>`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('app', 'urn', 'door', 'history') AND c.relkind = 'r'`;
  const holding: string[] = [];
  for (const { name } of tables) {
    const rows = await urn.superuser.unsafe(`SELECT FROM ${name} t WHERE t::text LIKE '%${hex}%' LIMIT 1`);
    if (rows.length > 0) holding.push(name);
  }
  return holding;
}

describe('after the seal', () => {
  test('all ballots and all credentials were written by one transaction, each in an order of their own', async () => {
    const { election, credentials, casts } = await votedElection();
    await election.change('closed');
    expect(await inboxes(election)).toBe(true);
    expect(await election.seal()).toBe(40);
    expect(await inboxes(election)).toBe(false);

    const box = await election.box();
    const codes = casts.map((cast) =>
      trackingCodeIn(keysOf(election.electionId, cast.credential, cast.castKey, cast.ballot)),
    );
    expect(box.map(({ tracking_code }) => tracking_code.toString('hex'))).toEqual(codes.toSorted());
    const rights = await urn.superuser<{ credential: string; xmin: string; spent: boolean }[]>`
      SELECT encode(credential, 'hex') AS credential, xmin::text, spend_key IS NOT NULL AS spent FROM urn.credential
      WHERE election_id = ${election.electionId} ORDER BY ctid`;
    expect(rights.map(({ credential }) => credential)).toEqual(credentials.toSorted());
    expect(rights.filter(({ spent }) => !spent).map(({ credential }) => credential)).toEqual(credentials.slice(40));
    expect(new Set([...box, ...rights].map(({ xmin }) => xmin)).size).toBe(1);
  });

  test('no table but the box knows a tracking code, and none but the credentials a credential or its spend key', async () => {
    const { election, casts } = await votedElection();
    await election.takeSnapshot();
    await election.change('closed');
    await election.seal();
    for (const cast of casts.slice(0, 3)) {
      const keys = keysOf(election.electionId, cast.credential, cast.castKey, cast.ballot);
      expect(await tablesHolding(trackingCodeIn(keys))).toEqual(['urn.box']);
      expect(await tablesHolding(cast.credential)).toEqual(['urn.credential']);
      expect(await tablesHolding(keys.slice(64, 96))).toEqual(['urn.credential']);
      expect(await tablesHolding(cast.castKey)).toEqual([]);
    }
  });

  test('the log tells how many, never what or who', async () => {
    const { election } = await votedElection();
    await election.change('closed');
    await election.seal();
    const log = await urn.superuser<{ kind: string; payload: unknown }[]>`
      SELECT kind, payload FROM app.log WHERE org_id = ${election.orgId} ORDER BY pos`;
    expect(log).toEqual([
      { kind: 'election.opened', payload: { state: 'open', by: 'test' } },
      ...[1, 19, 2, 18].map((size) => ({ kind: 'election.ballots', payload: { size } })),
      { kind: 'election.closed', payload: { state: 'closed', by: 'test' } },
    ]);
  });

  test('a second seal finds nothing to do, at the same moment too', async () => {
    const { election } = await votedElection();
    await election.change('closed');
    const other = connectAs(database.ownerUrl, 'psephos_app');
    expect((await Promise.all([election.seal(), election.seal(other)])).toSorted()).toEqual([40, null]);
    expect(await election.seal()).toBeNull();
    expect(await election.count()).toHaveLength(3);
    await other.end();
  });
});

describe('the seal keeps its place', () => {
  test('a draft and an open election cannot be sealed; a cancelled one can', async () => {
    const draft = await urn.election(await urn.organisation());
    expect(await draft.seal()).toBeNull();
    const { election } = await votedElection();
    expect(await election.seal()).toBeNull();
    await election.change('cancelled');
    expect(await election.seal()).toBe(40);
  });

  test('a follower that meets it is told to ask the box', async () => {
    const { election } = await votedElection();
    await election.change('closed');
    const sealer = connectAs(database.ownerUrl, null);
    const following = await sealer.begin(async (tx) => {
      await tx`SELECT urn.seal(${election.orgId}, ${election.electionId})`;
      const answer = election.follow(0);
      await urn.untilSomebodyWaits();
      return { answer }; // in an object: it can only be answered after the commit
    });
    expect(await following.answer).toMatchObject({ sealed: true, cutSize: 0, patterns: [] });
    await sealer.end();
  });

  test('a snapshot taken meanwhile does not outlive it', async () => {
    const { election } = await votedElection();
    const taker = connectAs(database.ownerUrl, 'psephos_app');
    await election.change('closed');
    const sealing = await taker.begin(async (tx) => {
      await tx`SELECT urn.take_snapshot(${election.orgId}, ${election.electionId})`;
      const answer = election.seal();
      await urn.untilSomebodyWaits();
      return { answer };
    });
    expect(await sealing.answer).toBe(40);
    expect(await urn.superuser`SELECT FROM urn.tally_snapshot WHERE election_id = ${election.electionId}`).toHaveLength(
      0,
    );
    await taker.end();
  });
});
