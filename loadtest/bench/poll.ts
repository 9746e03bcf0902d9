import { hash, randomBytes } from 'node:crypto';
import type { CastRequest } from '../../engine/index.ts';
import { insertRoll } from './queries.ts';
import { type Stage, valueFrom } from './stage.ts';

/** An open election for the bench: plurality among five. Its voters are numbers; token and ballot follow from them. */
export interface Poll {
  readonly orgId: string;
  readonly electionId: string;
  /** a voter's token is this and the voter's number */
  readonly prefix: string;
  readonly voters: number;
}

const OPTIONS = ['ada', 'grace', 'hedy', 'joan', 'mary'];
/** Ballots as voters send them; voter n chooses option n mod 5. */
export const BALLOTS: readonly unknown[] = OPTIONS.map((id) => ({ options: [id] }));
/** … and as the urn stores them. */
export const CANONICAL_BALLOTS: readonly string[] = OPTIONS.map((_, position) => String(position));
const CAST_KEY_BYTES = 16;
/** One INSERT stays well below any timeout and shows progress. */
const LOAD_ROWS = 500_000;

/** @param orgId another organisation than the stage's own */
export async function openPoll(stage: Stage, voters: number, orgId = stage.orgId): Promise<Poll> {
  const { elections } = stage.engine;
  const created = await elections.create(
    orgId,
    {
      title: `Bench, ${voters} voters`,
      method: { method: 'choose', settings: { min: 1, max: 1, seats: 1 } },
      options: OPTIONS.map((id) => ({ id, title: id })),
    },
    'bench',
  );
  const { electionId } = valueFrom(created);
  const prefix = `vote-${electionId}-`;
  for (let from = 0; from < voters; from += LOAD_ROWS) {
    await insertRoll(stage.sql, orgId, electionId, prefix, from, Math.min(voters, from + LOAD_ROWS));
  }
  valueFrom(await elections.open(orgId, electionId, 'bench'));
  return { orgId, electionId, prefix, voters };
}

export function tokenOf(poll: Poll, voter: number): string {
  return `${poll.prefix}${voter}`;
}

/** Cast keys for `count` voters, 32 hex characters each. */
export function castKeys(count: number): string[] {
  const bytes = randomBytes(count * CAST_KEY_BYTES);
  return Array.from({ length: count }, (_, i) => bytes.toString('hex', i * CAST_KEY_BYTES, (i + 1) * CAST_KEY_BYTES));
}

/** What a gateway would hand to the engine for voters `from` to `upto` - 1. */
export function requestsOf(poll: Poll, from: number, upto: number): CastRequest[] {
  const keys = castKeys(upto - from);
  return keys.map((castKey, i) => ({
    electionId: poll.electionId,
    credential: hash('sha256', tokenOf(poll, from + i), 'hex'),
    ballot: BALLOTS[(from + i) % BALLOTS.length],
    castKey,
  }));
}
