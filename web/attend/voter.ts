import type { CastResult, ResultView } from '../../client/index.ts';
import type { PublishedBallotView } from '../../protocol/ballots.ts';
import type { TallyView } from '../../protocol/tally.ts';
import { BallotRecords, type Refusal } from './ballot-record.ts';
import type { BallotContent } from './ballots/content.ts';

/** What a voter can do, by whatever right: as an attendee of a meeting, or as the holder of a token. */
export interface Ways {
  /** @param onQueued told once it is received and not counted yet */
  cast(electionId: string, content: BallotContent, castKey: string, onQueued: () => void): Promise<CastResult>;
  result(electionId: string): Promise<ResultView>;
  /** Throws PsephosError NOT_FOUND_001 where no ballot has the code. */
  ballot(electionId: string, trackingCode: string): Promise<PublishedBallotView>;
  /** Follows the running tally until the returned function is called; undefined where there is no way to. */
  readonly watchTally: ((electionId: string, take: (tally: TallyView) => void) => () => void) | undefined;
}

/** Between attempts at a ballot whose fate is not known; the client has tried for 15 s before. */
const PAUSE_MS = 1_500;

const REFUSALS: Readonly<Record<string, Refusal>> = {
  BALLOT_002: 'elsewhere',
  BALLOT_003: 'not-open',
  BALLOT_004: 'closed',
  BALLOT_005: 'invalid',
  NOT_FOUND_001: 'not-on-roll',
  AUTH_001: 'signed-out',
  AUTH_002: 'not-on-roll',
};

function isUndecided({ code, unknown }: Extract<CastResult, { ok: false }>): boolean {
  return unknown || code === 'UNREACHABLE' || code === 'BALLOT_001' || code.startsWith('LOAD_');
}

/** A voter on this device: casts, and knows what became of each ballot. */
export class Voter {
  readonly records: BallotRecords;
  readonly ways: Ways;
  readonly #sending = new Set<string>();

  /** @param name tells voters of one device apart, e.g. the attendee's id */
  constructor(name: string, ways: Ways) {
    this.records = new BallotRecords(name);
    this.ways = ways;
  }

  fill(electionId: string, content: BallotContent): void {
    this.records.change(electionId, { content });
  }

  /** Sends the ballot as it is filled in, until its fate is known; a reload in the middle calls it again. */
  async cast(electionId: string): Promise<void> {
    if (this.#sending.has(electionId)) return;
    this.#sending.add(electionId);
    try {
      await this.#send(electionId);
    } finally {
      this.#sending.delete(electionId);
    }
  }

  async #send(electionId: string): Promise<void> {
    const { content, castKey } = this.records.of(electionId).value;
    if (content === undefined) return;
    this.records.change(electionId, { state: 'sending', refusal: undefined });
    const onQueued = () => this.records.change(electionId, { queued: true });
    for (;;) {
      const result = await this.ways.cast(electionId, content, castKey, onQueued);
      const at = new Date().toISOString();
      if (result.ok) {
        const { trackingCode } = result;
        this.records.change(electionId, { state: 'cast', content, castKey, trackingCode, at, queued: undefined });
        return;
      }
      // another tab of this device may have had its answer in the meantime: it is the ballot that counts
      const latest = this.records.latest(electionId);
      if (latest.state === 'cast') {
        this.records.change(electionId, latest);
        return;
      }
      if (!isUndecided(result)) {
        const refusal = result.details.state === 'cancelled' ? 'cancelled' : (REFUSALS[result.code] ?? 'failed');
        this.records.change(electionId, { state: 'refused', refusal, at, queued: undefined });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
