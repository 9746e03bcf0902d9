import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { Definition } from './definitions.ts';
import type { PublishedBallot } from './election.ts';
import { type BallotRow, findBallot, publishedBallots } from './queries.ts';

/** One page of the published list, in the order of the tracking codes. Throws the database's errors. */
export async function pageOfBallots(
  database: Database,
  definition: Definition,
  query: { cursor?: string; limit?: number },
): Promise<Outcome<Page<PublishedBallot>>> {
  const { orgId, electionId } = definition.election;
  const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
  const after = Buffer.from(query.cursor ?? '', 'hex');
  const rows = await database.management.call((sql) => publishedBallots(sql, orgId, electionId, after, limit + 1));
  const items = rows.slice(0, limit).map((row) => publishedBallotOf(definition, row));
  return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.trackingCode ?? null) : null });
}

/** The ballot with this tracking code (32 hex characters). Throws the database's errors. */
export async function ballotWith(
  database: Database,
  definition: Definition,
  trackingCode: string,
): Promise<Outcome<PublishedBallot>> {
  const { orgId, electionId } = definition.election;
  const row = await database.management.call((sql) =>
    findBallot(sql, orgId, electionId, Buffer.from(trackingCode, 'hex')),
  );
  return row === undefined
    ? refuse('not_found', 'No ballot has this tracking code.', { details: { resource: 'ballot' } })
    : accept(publishedBallotOf(definition, row));
}

/** A weight in a secret election can tell whose ballot it is: the list leaves it out. */
function publishedBallotOf({ election, method, contest }: Definition, row: BallotRow): PublishedBallot {
  return {
    trackingCode: row.tracking_code.toString('hex'),
    ballot: method.decode(contest, row.ballot),
    weight: election.secrecy === 'named' ? row.weight : null,
    voter: row.voter,
  };
}
