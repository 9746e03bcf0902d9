import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { keysOf, trackingCodeIn } from '../../engine/elections/keys.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { castOf, connectAs, type TestCast, type TestElection, TestUrn } from '../harness/urn.ts';

const RACES = 20;
const CASTERS = 4;
const VOTERS = 1_200;
/** Batches of this many are small enough that the close comes in the middle of the votes. */
const BATCH_MAX = 12;

const database = await freshDatabase();
const urn = new TestUrn(database.ownerUrl);
const casters = Array.from({ length: CASTERS }, () => connectAs(database.ownerUrl, 'psephos_app'));
afterAll(() => Promise.all([urn.close(), ...casters.map((sql) => sql.end())]));

interface Answered {
  readonly cast: TestCast;
  readonly code: string;
  /** the batch was sent after the close had been answered */
  readonly afterClose: boolean;
}

/** Casts a share of the voters in batches until all have been answered; `closed` tells whether the close has been. */
async function castAll(election: TestElection, casts: readonly TestCast[], caster: number, closed: () => boolean) {
  const answered: Answered[] = [];
  for (let from = 0; from < casts.length; ) {
    const batch = casts.slice(from, from + 1 + ((from * 7 + caster) % BATCH_MAX));
    from += batch.length;
    const afterClose = closed();
    const codes = await election.cast(batch, casters[caster]);
    answered.push(...batch.map((cast, i) => ({ cast, code: codes[i] as string, afterClose })));
  }
  return answered;
}

async function raceOnce(delayMs: number): Promise<{ accepted: number; refused: number }> {
  const { election, credentials } = await urn.openElection(VOTERS);
  const casts = credentials.map((credential, i) => castOf(credential, `${i % 5}`));
  let closed = false;
  const share = VOTERS / CASTERS;
  const voting = casters.map((_, i) => castAll(election, casts.slice(i * share, (i + 1) * share), i, () => closed));
  await sleep(delayMs);
  expect(await election.change('closed')).toBe('done');
  closed = true;
  const answered = (await Promise.all(voting)).flat();

  for (const { code } of answered) expect(['0', '6', '7']).toContain(code);
  for (const { code } of answered.filter(({ afterClose }) => afterClose)) expect(code).toBe('7');
  const accepted = answered.filter(({ code }) => code === '0').map(({ cast }) => cast);
  expect(await election.seal()).toBe(accepted.length);
  const codeOf = ({ credential, castKey, ballot }: TestCast) =>
    trackingCodeIn(keysOf(election.electionId, credential, castKey, ballot));
  const box = (await election.box()).map((row) => `${row.tracking_code.toString('hex')} ${row.ballot}`);
  expect(box).toEqual(accepted.map((cast) => `${codeOf(cast)} ${cast.ballot}`).toSorted());
  await logIsWhole(election, accepted.length);
  return { accepted: accepted.length, refused: answered.length - accepted.length };
}

/** Positions without gaps, no ballots after the close, and as many announced as accepted. */
async function logIsWhole({ orgId }: TestElection, accepted: number): Promise<void> {
  const log = await urn.superuser<{ pos: bigint; kind: string; size: number | null }[]>`
    SELECT pos, kind, (payload->>'size')::int AS size FROM app.log WHERE org_id = ${orgId} ORDER BY pos`;
  expect(log.map(({ pos }) => Number(pos))).toEqual(log.map((_, i) => i + 1));
  expect(log.at(-1)?.kind).toBe('election.closed');
  expect(log.reduce((sum, { size }) => sum + (size ?? 0), 0)).toBe(accepted);
}

test(`a close in the middle of the votes, ${RACES} times: in means in, closed means never in`, async () => {
  let accepted = 0;
  let refused = 0;
  for (let race = 0; race < RACES; race += 1) {
    const one = await raceOnce(5 + race * 3);
    accepted += one.accepted;
    refused += one.refused;
  }
  // both, or the close did not come in the middle
  expect(accepted).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});
