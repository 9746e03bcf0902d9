import type { Database } from '../db/index.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { Definition } from './definitions.ts';
import { draftRefusal } from './draft-queries.ts';
import type { CastRequest } from './election.ts';
import { forbidden, NO_ELECTION } from './refusals.ts';

const HEX_CREDENTIAL = /^[0-9a-f]{64}$/;
const NOT_ON_THE_ROLL = refuse('not_found', 'This credential is not on the electoral roll of this election.', {
  details: { resource: 'credential' },
});

/**
 * Why a ballot for a draft is refused, in the order of the hot path. A draft may be edited and opened at this moment, and
 * no ballot may reach the urn in the words of what it was before: null where it is a draft no more and has to be read anew.
 * Throws the database's errors.
 */
export async function refusalOfDraft(
  database: Database,
  { election, method, contest }: Definition,
  { ballot, credential }: CastRequest,
): Promise<Outcome<never> | null> {
  const encoded = method.encode(contest, ballot);
  if (!encoded.ok) {
    return refuse('ballot_invalid', 'This ballot breaks the rules of the vote; nothing was counted.', {
      details: { problems: encoded.problems },
    });
  }
  if (!HEX_CREDENTIAL.test(credential)) return refuse('ballot_invalid', 'The ballot box cannot hold this ballot.');
  const { orgId, electionId } = election;
  const answer = await database.management.call((sql) => draftRefusal(sql, orgId, electionId, credential));
  if (answer === '') return null;
  if (answer === 'not_open') return forbidden('draft');
  return answer === 'not_found' ? NO_ELECTION : NOT_ON_THE_ROLL;
}
