import type { Election, ElectionResult } from '../../engine/index.ts';
import { ROUND_TABLE_HEADER, resultToJson, roundTable } from '../../engine/index.ts';
import { resultView } from '../../protocol/results.ts';
import { authorise } from '../auth/permissions.ts';
import { electionInReach } from '../auth/reach.ts';
import type { AnyFailure } from '../errors.ts';
import { csvReply } from './csv.ts';
import { electionParams } from './elections.ts';
import { type Call, decline, type Operation, operation, replyWith } from './operation.ts';

type ReadCall = Pick<
  Call<'results.read', { election_id: string }, unknown, undefined>,
  'engine' | 'identity' | 'params'
>;
type Read =
  | { readonly ok: true; readonly value: { readonly election: Election; readonly result: ElectionResult } }
  | { readonly ok: false; readonly failure: AnyFailure };

/** Before it is published a result is for the chair alone, who has to look at it first. */
async function readResult({ engine, identity, params }: ReadCall): Promise<Read> {
  const found = await electionInReach(engine, identity, params.election_id);
  if (!found.ok) return found;
  const election = found.value;
  const preview = authorise(identity, 'results.preview');
  if (election.state !== 'published' && !preview.ok) {
    const message = 'The result is not published yet. It can be read once the moderator publishes it.';
    return decline('conflict', message, { state: election.state }) as Read;
  }
  const result = await engine.elections.result(identity.orgId, params.election_id);
  return result.ok ? { ok: true, value: { election, result: result.value } } : result;
}

const etagOf = (election: Election) => `${election.state}-${election.changedPos}`;

const get = operation({
  id: 'getResult',
  method: 'get',
  path: '/v1/elections/{election_id}/result',
  tag: 'Results',
  summary: 'Read the result',
  description:
    'With every round, the rule that decided, and ties as ties. Moderators can read it before it is published.',
  permission: 'results.read',
  params: electionParams,
  success: { 200: { description: 'The result.', schema: resultView } },
  failures: ['not_found', 'conflict', 'not_open', 'database_away'],
  handle: async (call) => {
    return replyWith(await readResult(call), ({ election, result }) => ({
      status: 200,
      body: resultToJson(result),
      etag: etagOf(election),
    }));
  },
});

const getCsv = operation({
  id: 'getResultCsv',
  method: 'get',
  path: '/v1/elections/{election_id}/result.csv',
  tag: 'Results',
  summary: 'Read the rounds of the result as CSV',
  description: `Columns ${ROUND_TABLE_HEADER.join(', ')}; one row for each round and option, and one for what is exhausted.`,
  permission: 'results.read',
  params: electionParams,
  success: { 200: { description: 'The rounds.', mediaType: 'text/csv' } },
  failures: ['not_found', 'conflict', 'not_open', 'database_away'],
  handle: async (call) => {
    return replyWith(await readResult(call), ({ election, result }) => ({
      ...csvReply(ROUND_TABLE_HEADER, roundTable(result)),
      etag: etagOf(election),
    }));
  },
});

export const resultOperations: readonly Operation[] = [get, getCsv];
