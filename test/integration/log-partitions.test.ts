import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs, TestUrn } from '../harness/urn.ts';

const database = await freshDatabase();
const urn = new TestUrn(database.ownerUrl, 2);
const { superuser } = urn;
afterAll(() => urn.close());

interface Partition {
  readonly name: string;
  readonly bounds: string;
}

const partitions = () => superuser<Partition[]>`
  SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'app.log'::regclass ORDER BY c.relname`;

/** First moment of the month that is `ahead` months from now, in UTC. */
function monthStart(ahead: number): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
}

const nameOf = (ahead: number) => `log_${monthStart(ahead).toISOString().slice(0, 7).replace('-', '_')}`;

async function make(ahead: number, sql = urn.app): Promise<number> {
  const [row] = await sql<{ made: number }[]>`SELECT app.make_log_partitions(${ahead}) AS made`;
  return row?.made ?? Number.NaN;
}

async function logRow(orgId: string, pos: number, at: Date): Promise<string> {
  const [row] = await superuser<{ place: string }[]>`
    INSERT INTO app.log (org_id, pos, topic, kind, payload, at) VALUES (${orgId}, ${pos}, ${randomUUID()}, 'test', '{}', ${at})
    RETURNING tableoid::regclass::text AS place`;
  return row?.place ?? '';
}

/** As right after the first migration: this month's partition and two more. */
beforeEach(async () => {
  await superuser`TRUNCATE app.log`;
  for (const { name } of await partitions()) {
    if (name !== 'log_default') await superuser.unsafe(`DROP TABLE app.${name}`);
  }
  expect(await make(2)).toBe(3);
});

describe('partitions', () => {
  test('are made once, whoever asks and how often', async () => {
    const before = await partitions();
    expect(before.map(({ name }) => name)).toEqual([nameOf(0), nameOf(1), nameOf(2), 'log_default'].toSorted());
    expect(await make(2)).toBe(0);
    expect(await make(0)).toBe(0);
    expect(await partitions()).toEqual(before);
    expect(await make(5)).toBe(3);
    expect(await make(5)).toBe(0);
  });

  test('are made once by two that ask at the same moment', async () => {
    const others = [1, 2, 3].map(() => connectAs(database.ownerUrl, 'psephos_app'));
    const made = await Promise.all(others.map((sql) => make(8, sql)));
    expect(made.toSorted()).toEqual([0, 0, 6]);
    await Promise.all(others.map((sql) => sql.end()));
  });

  test.each(['UTC', 'America/New_York', 'Europe/Berlin', 'Pacific/Kiritimati'])(
    'are months of UTC without a gap over more than a year, for a server in %s',
    async (timeZone) => {
      const sql = connectAs(database.ownerUrl, 'psephos_app');
      await sql`SELECT set_config('TimeZone', ${timeZone}, false)`;
      expect(await make(14, sql)).toBe(12);
      await sql.end();
      for (let ahead = 0; ahead <= 14; ahead += 1) {
        const [row] = await superuser<{ bounds: string }[]>`SELECT pg_get_expr(relpartbound, oid) AS bounds
          FROM pg_class WHERE oid = ${`app.${nameOf(ahead)}`}::text::regclass`;
        const bounds = [...(row?.bounds ?? '').matchAll(/'([^']+)'/g)].map(([, text]) => new Date(text ?? ''));
        expect(bounds).toEqual([monthStart(ahead), monthStart(ahead + 1)]);
      }
    },
  );

  test('have the keys, the row-level security and the defaults of the log', async () => {
    const shapes = await superuser`
      SELECT c.relrowsecurity AND c.relforcerowsecurity AS guarded, pg_get_userbyid(c.relowner) AS owner,
        (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
        (SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p') AS key,
        (SELECT count(*)::int FROM pg_attrdef d WHERE d.adrelid = c.oid) AS defaults
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'app.log'::regclass`;
    expect(shapes).toHaveLength(4);
    for (const shape of shapes) {
      expect(shape).toEqual({
        guarded: true,
        owner: 'psephos_owner',
        policies: 1,
        key: 'PRIMARY KEY (org_id, pos, at)',
        defaults: 1,
      });
    }
  });
});

describe('rows', () => {
  test('go to their month, to the microsecond; a follower reads over the turn of the month', async () => {
    const orgId = await urn.organisation();
    const lastOfMonth = new Date(monthStart(1).getTime() - 1);
    expect(await logRow(orgId, 1, lastOfMonth)).toBe(`app.${nameOf(0)}`);
    expect(await logRow(orgId, 2, monthStart(1))).toBe(`app.${nameOf(1)}`);
    expect(await logRow(orgId, 3, monthStart(2))).toBe(`app.${nameOf(2)}`);
    const read = await urn.app.begin(async (tx) => {
      await tx`SELECT set_config('app.org_id', ${orgId}, true)`;
      return tx<{ pos: bigint }[]>`SELECT pos FROM app.log WHERE org_id = ${orgId} AND pos > 1 ORDER BY pos`;
    });
    expect(read.map(({ pos }) => pos)).toEqual([2n, 3n]);
  });

  test('of a month that nobody has made go to the default partition, and move once it is made', async () => {
    const orgId = await urn.organisation();
    const other = await urn.organisation();
    expect(await logRow(orgId, 1, monthStart(4))).toBe('app.log_default');
    expect(await logRow(other, 1, new Date(monthStart(5).getTime() - 1))).toBe('app.log_default');
    expect(await logRow(orgId, 2, monthStart(7))).toBe('app.log_default');
    expect(await make(4)).toBe(2);
    const places = await superuser<{ place: string; rows: number }[]>`
      SELECT tableoid::regclass::text AS place, count(*)::int AS rows FROM app.log GROUP BY 1 ORDER BY 1`;
    expect(places).toEqual(
      [
        { place: `app.${nameOf(4)}`, rows: 2 },
        { place: 'app.log_default', rows: 1 },
      ].toSorted((x, y) => (x.place < y.place ? -1 : 1)),
    );
    const [row] =
      await superuser`SELECT relforcerowsecurity AS forced FROM pg_class WHERE oid = 'app.log_default'::regclass`;
    expect(row).toEqual({ forced: true });
  });

  test('of a vote are written though no partition of this month is there', async () => {
    await superuser.unsafe(`DROP TABLE app.${nameOf(0)}`);
    const { election } = await urn.openElection(1);
    expect(
      await superuser`SELECT tableoid::regclass::text AS place FROM app.log WHERE org_id = ${election.orgId}`,
    ).toEqual([{ place: 'app.log_default' }]);
    expect(await make(2)).toBe(1);
    expect(
      await superuser`SELECT tableoid::regclass::text AS place FROM app.log WHERE org_id = ${election.orgId}`,
    ).toEqual([{ place: `app.${nameOf(0)}` }]);
  });
});
