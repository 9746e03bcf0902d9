import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { accept, type Outcome } from '../outcome.ts';
import type { Election, Participation } from './election.ts';
import type { Elections } from './elections.ts';
import { selectSetting } from './minutes-queries.ts';
import type { ElectionResult } from './rules.ts';

/** Everything that the minutes of one election say. */
export interface MinutesFacts {
  readonly organisation: string;
  readonly meeting: string | null;
  readonly election: Election;
  readonly result: ElectionResult;
  readonly participation: Participation;
  /** who presided, by name; null where nobody did: the clock, or somebody who is no longer known */
  readonly openedBy: string | null;
  readonly closedBy: string | null;
  readonly publishedBy: string | null;
  /** SHA-256 over the published tracking codes, hex */
  readonly trackingDigest: string | null;
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Gathers what the minutes of a closed election say. */
export class Minutes {
  readonly #database: Database;
  readonly #elections: Pick<Elections, 'get' | 'result' | 'participation'>;

  constructor(database: Database, elections: Pick<Elections, 'get' | 'result' | 'participation'>) {
    this.#database = database;
    this.#elections = elections;
  }

  async of(orgId: string, electionId: string): Promise<Outcome<MinutesFacts>> {
    const result = await this.#elections.result(orgId, electionId);
    if (!result.ok) return result;
    const participation = await this.#elections.participation(orgId, electionId);
    if (!participation.ok) return participation;
    const found = await this.#elections.get(orgId, electionId);
    if (!found.ok) return found;
    const election = found.value;
    const { openedBy, closedBy, publishedBy, meetingId } = election;
    return guarded(async () => {
      const actors = [openedBy, closedBy, publishedBy].filter((id) => id !== null && ID.test(id)) as string[];
      const { people, trackingDigest, ...setting } = await this.#database.management.withOrg(orgId, (tx) =>
        selectSetting(tx, orgId, { electionId, meetingId, actors }),
      );
      const nameOf = (id: string | null) => (id === null ? null : (people.get(id) ?? null));
      return accept({
        ...setting,
        election,
        result: result.value,
        participation: participation.value,
        openedBy: nameOf(openedBy),
        closedBy: nameOf(closedBy),
        publishedBy: nameOf(publishedBy),
        trackingDigest: trackingDigest?.toString('hex') ?? null,
      });
    });
  }
}
