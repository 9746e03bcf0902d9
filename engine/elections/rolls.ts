import { type Database, noteAct } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { NewCredential, Participant, Participation } from './election.ts';
import { issueCredentials, participants, participation, selectElection } from './queries.ts';
import { NO_ELECTION } from './refusals.ts';

const CREDENTIAL_BYTES = 32;

/** Who may vote, and who has: never how. */
export class Rolls {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Issuing a credential again with the same weight changes nothing; with another one the call is refused, naming it.
   * All or none of a call is written.
   */
  async issue(
    orgId: string,
    electionId: string,
    credentials: readonly NewCredential[],
  ): Promise<Outcome<{ issued: number; repeated: number }>> {
    if (credentials.length > limits.callMaxCredentials) {
      return refuse('invalid_input', `At most ${limits.callMaxCredentials} credentials a call.`, {
        details: { fields: [{ path: 'credentials', problem: `more than ${limits.callMaxCredentials}` }] },
      });
    }
    if (credentials.some(({ credential }) => credential.length !== CREDENTIAL_BYTES)) {
      throw new Error(`a credential is ${CREDENTIAL_BYTES} bytes`);
    }
    const wrong = credentials.findIndex(({ weight }) => weight < 1n || weight > limits.weightMaxMicro);
    if (wrong >= 0) {
      return refuse('invalid_input', 'A weight is more than nothing and at most a million votes.', {
        details: {
          fields: [{ path: `credentials.${wrong}.weight`, problem: 'not above 0 and at most 1000000 votes' }],
        },
      });
    }
    const keys = Buffer.concat(credentials.map(({ credential }) => credential));
    const weights = credentials.map(({ weight }) => weight);
    return guarded(async () => {
      const { issued, refusal, differing, place } = await this.#database.management.act(async (sql) => {
        const answer = await issueCredentials(sql, orgId, electionId, keys, weights, limits.electionMaxCredentials);
        if (answer.issued > 0) {
          await noteAct(sql, orgId, 'credentials.issued', `elections/${electionId}`, { credentials: answer.issued });
        }
        return answer;
      });
      if (refusal === 'not_found') return NO_ELECTION;
      if (refusal === 'ended') return refuse('closed', 'This vote has ended: it takes no further credentials.');
      if (refusal === 'differs') {
        return refuse('conflict', 'A credential was issued with another weight before; nothing was written.', {
          details: {
            reason: 'weight',
            differing,
            fields: [{ path: `credentials.${place}.weight`, problem: 'is another than the one it was issued with' }],
          },
        });
      }
      if (refusal === 'too_many') {
        return refuse(
          'over_quota',
          `An election has at most ${limits.electionMaxCredentials} credentials; nothing was written.`,
        );
      }
      return accept({ issued, repeated: credentials.length - issued });
    });
  }

  /** Numbers only. Throws the database's errors. */
  async participation(orgId: string, electionId: string): Promise<Participation> {
    const row = await this.#database.management.call((sql) => participation(sql, orgId, electionId));
    return {
      roll: Number(row.roll),
      rollWeight: row.roll_weight,
      voted: Number(row.voted),
      votedWeight: row.voted_weight,
    };
  }

  /** The roll by name. Holders of one-time tokens are known to whoever issued them and do not stand in it. */
  async participants(
    orgId: string,
    electionId: string,
    query: { readonly voted?: boolean; readonly cursor?: string; readonly limit?: number },
  ): Promise<Outcome<Page<Participant>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return guarded(async () => {
      const { management } = this.#database;
      const election = await management.withOrg(orgId, (tx) => selectElection(tx, orgId, electionId));
      if (election === undefined) return NO_ELECTION;
      const rows = await management.call((sql) =>
        participants(sql, orgId, electionId, query.voted ?? null, query.cursor ?? null, limit + 1),
      );
      const items = rows.slice(0, limit).map(({ voter_id, name, voted }) => ({ voterId: voter_id, name, voted }));
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.voterId ?? null) : null });
    });
  }
}
