import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import type { Outcome } from '../outcome.ts';
import type { BallotLanes } from './cast.ts';
import type { Definition, Definitions } from './definitions.ts';
import { refusalOfDraft } from './draft-cast.ts';
import type { CastReceipt, CastRequest } from './election.ts';
import type { Fallback } from './fallback.ts';
import { NO_ELECTION } from './refusals.ts';

/** The front of the hot path: an election's definition, then the lanes, behind them the fallback queue where there is one. */
export class Casts {
  readonly #database: Database;
  readonly #definitions: Definitions;
  readonly #way: Pick<BallotLanes | Fallback, 'cast'>;

  constructor(database: Database, definitions: Definitions, lanes: BallotLanes, fallback: Fallback | null) {
    this.#database = database;
    this.#definitions = definitions;
    this.#way = fallback ?? lanes;
  }

  /** Rejects for a bug only. */
  cast(orgId: string, request: CastRequest): Promise<Outcome<CastReceipt>> {
    const definition = this.#definitions.kept(orgId, request.electionId);
    return definition === undefined ? this.#castUnknown(orgId, request) : this.#way.cast(orgId, definition, request);
  }

  #castUnknown(orgId: string, request: CastRequest): Promise<Outcome<CastReceipt>> {
    return guarded(async () => {
      const loaded: Definition | undefined = await this.#definitions.load(orgId, request.electionId);
      if (loaded === undefined) return NO_ELECTION;
      if (loaded.election.state !== 'draft') return this.#way.cast(orgId, loaded, request);
      return (await refusalOfDraft(this.#database, loaded, request)) ?? this.cast(orgId, request);
    });
  }
}
