import { methodOf } from '../../engine/elections/counting/index.ts';
import { completeElection } from '../../engine/elections/create.ts';
import {
  accept,
  type CastReceipt,
  type CastRequest,
  type Election,
  type ElectionResult,
  type Engine,
  type NewCredential,
  type NewElection,
  type Outcome,
  type Page,
  type Participation,
  type PublishedBallot,
  type Recount,
  refuse,
  type TallyFigures,
} from '../../engine/index.ts';
import {
  contestOfElection,
  figuresOf,
  forbidden,
  type Held,
  notVoting,
  participationOf,
  publicationOf,
  resultOf,
  standingOfHeld,
  trackingCodeOf,
  update,
  weightOf,
} from './model-election.ts';

/** What the model and the engine both offer, so that one suite asks either. */
export type ElectionsRoom = Pick<
  Engine['elections'],
  | 'create'
  | 'get'
  | 'setPresent'
  | 'issue'
  | 'open'
  | 'close'
  | 'cancel'
  | 'publish'
  | 'cast'
  | 'tally'
  | 'result'
  | 'recount'
  | 'participation'
  | 'ballots'
  | 'ballot'
>;

/** How much an organisation may still use; null: as much as it likes. */
export interface Left {
  readonly credentials: number | null;
  readonly ballots: number | null;
}

const OVER = {
  credentials: refuse('over_quota', '', { details: { metric: 'credentials' } }),
  ballots: refuse('over_quota', '', { details: { metric: 'ballots' } }),
};

const HEX_CREDENTIAL = /^[0-9a-f]{64}$/;

/**
 * The room of elections as its contract has it, in plain maps: no batches, no connections, no time. What is pure in the
 * engine (encoding, counting, rules: they have references of their own) is used; what it stores is kept by other means.
 */
export class ElectionsModel implements ElectionsRoom {
  readonly #held = new Map<string, Held>();
  readonly #left = new Map<string, Left>();
  readonly #nextId: () => string;

  /** @param nextId gives the id of each election made: lots are drawn from it, so two worlds must share it */
  constructor(nextId: () => string) {
    this.#nextId = nextId;
  }

  async create(orgId: string, input: NewElection): Promise<Outcome<Election>> {
    const complete = completeElection(input);
    if (!complete.ok) return complete;
    const electionId = this.#nextId();
    const election: Election = {
      ...complete.value,
      electionId,
      orgId,
      state: 'draft',
      openedAt: null,
      closedAt: null,
      publishedAt: null,
      cancelReason: null,
      presentWeight: null,
      paperDeclared: 0,
      openedBy: null,
      closedBy: null,
      publishedBy: null,
      changedPos: 0,
      createdAt: new Date(),
    };
    this.#held.set(orgId + electionId, { election, credentials: new Map(), ballots: [] });
    return accept(election);
  }

  async get(orgId: string, electionId: string): Promise<Outcome<Election>> {
    return this.#with(orgId, electionId, ({ election }) => accept(election));
  }

  async setPresent(
    orgId: string,
    electionId: string,
    present: number,
    _actor: string,
    presentWeight: bigint | null = null,
  ): Promise<Outcome<Election>> {
    return this.#with(orgId, electionId, (held) =>
      ['draft', 'open'].includes(held.election.state)
        ? update(held, { present, presentWeight })
        : forbidden(held.election),
    );
  }

  async issue(
    orgId: string,
    electionId: string,
    credentials: readonly NewCredential[],
  ): Promise<Outcome<{ issued: number; repeated: number }>> {
    return this.#with(orgId, electionId, ({ election, credentials: roll }) => {
      if (!['draft', 'open'].includes(election.state)) return refuse('closed', '');
      const fresh = new Map<string, bigint>();
      const differing: number[] = [];
      for (const [place, { credential, weight }] of credentials.entries()) {
        const key = credential.toString('hex');
        const held = roll.get(key)?.weight ?? fresh.get(key);
        if (held === undefined) fresh.set(key, weight);
        else if (held !== weight) differing.push(place);
      }
      if (differing.length > 0) {
        const fields = [
          { path: `credentials.${differing[0]}.weight`, problem: 'is another than the one it was issued with' },
        ] as const;
        return refuse('conflict', '', { details: { reason: 'weight', differing: differing.length, fields } });
      }
      if (!this.#use(orgId, 'credentials', fresh.size)) return OVER.credentials;
      for (const [key, weight] of fresh) roll.set(key, { weight, spentOn: null });
      const issued = fresh.size;
      return accept({ issued, repeated: credentials.length - issued });
    });
  }

  async open(orgId: string, electionId: string, actor: string): Promise<Outcome<Election>> {
    return this.#with(orgId, electionId, (held) =>
      held.election.state === 'draft'
        ? update(held, { state: 'open', openedAt: new Date(), openedBy: actor })
        : forbidden(held.election),
    );
  }

  async close(orgId: string, electionId: string, actor: string): Promise<Outcome<Election>> {
    return this.#with(orgId, electionId, (held) =>
      held.election.state === 'open'
        ? update(held, { state: 'closed', closedAt: new Date(), closedBy: actor })
        : forbidden(held.election),
    );
  }

  async cancel(orgId: string, electionId: string, reason: string, actor: string): Promise<Outcome<Election>> {
    return this.#with(orgId, electionId, (held) => {
      const { state, closedAt } = held.election;
      if (state === 'published' || state === 'cancelled') return forbidden(held.election);
      return update(held, {
        state: 'cancelled',
        cancelReason: reason,
        closedAt: closedAt ?? new Date(),
        closedBy: actor,
      });
    });
  }

  async publish(orgId: string, electionId: string, actor: string): Promise<Outcome<Election>> {
    return this.#counted(orgId, electionId, (held) =>
      held.election.state === 'closed'
        ? update(held, { state: 'published', publishedAt: new Date(), publishedBy: actor })
        : update(held, {}),
    );
  }

  async cast(orgId: string, request: CastRequest): Promise<Outcome<CastReceipt>> {
    return this.#with(orgId, request.electionId, (held) => {
      const { election, credentials, ballots } = held;
      const encoded = methodOf(election.method.method).encode(contestOfElection(election), request.ballot);
      if (!encoded.ok) return refuse('ballot_invalid', '', { details: { problems: encoded.problems } });
      if (!HEX_CREDENTIAL.test(request.credential)) return refuse('ballot_invalid', '');
      const credential = credentials.get(request.credential);
      if (credential === undefined) return refuse('not_found', '', { details: { resource: 'credential' } });
      const spentOn = `${request.castKey} ${encoded.ballot}`;
      const trackingCode = trackingCodeOf(request);
      if (credential.spentOn !== null) {
        return credential.spentOn === spentOn ? accept({ trackingCode }) : refuse('already_voted', '');
      }
      if (election.state !== 'open') return notVoting(election);
      if (!this.#use(orgId, 'ballots', 1)) return OVER.ballots;
      credential.spentOn = spentOn;
      const { weight } = credential;
      ballots.push({ trackingCode, ballot: encoded.ballot, weight, credential: request.credential });
      return accept({ trackingCode });
    });
  }

  /** Exact: nothing is masked. */
  async tally(orgId: string, electionId: string): Promise<Outcome<TallyFigures>> {
    return this.#with(orgId, electionId, (held) => {
      const { election, ballots } = held;
      const final = !['draft', 'open'].includes(election.state);
      // a vote that was cancelled shows no more than it did before
      const counts = ['closed', 'published'].includes(election.state);
      const shown = counts || election.visibility === 'live';
      return accept({
        electionId,
        state: election.state,
        pos: 0,
        cast: counts || election.visibility !== 'hidden' ? ballots.length : null,
        counted: shown ? ballots.length : 0,
        figure: methodOf(election.method.method).figure,
        options: shown ? figuresOf(held, ballots.length) : null,
        at: election.createdAt,
        final,
        standing: null, // depends on what is counted: standingOfFirst
      });
    });
  }

  /** The figures of the first `count` ballots in the order of their acceptance. @throws where there is no such election */
  figuresOfFirst(orgId: string, electionId: string, count: number): NonNullable<TallyFigures['options']> {
    return figuresOf(this.#held.get(orgId + electionId) as Held, count);
  }

  /** Where quorum and majority stand by those ballots. @throws where there is no such election */
  standingOfFirst(orgId: string, electionId: string, told: TallyFigures): TallyFigures['standing'] {
    const held = this.#held.get(orgId + electionId) as Held;
    return standingOfHeld(held, told.counted, told.cast, told.options !== null);
  }

  async result(orgId: string, electionId: string): Promise<Outcome<ElectionResult>> {
    return this.#counted(orgId, electionId, (held) => accept(resultOf(held)));
  }

  async recount(orgId: string, electionId: string): Promise<Outcome<Recount>> {
    return this.#counted(orgId, electionId, ({ ballots }) =>
      accept({
        ballots: ballots.length,
        weight: weightOf(ballots),
        paperBallots: 0,
        equalsTally: true,
        equalsResult: true,
      }),
    );
  }

  async participation(orgId: string, electionId: string): Promise<Outcome<Participation>> {
    return this.#with(orgId, electionId, (held) => accept(participationOf(held)));
  }

  async ballots(
    orgId: string,
    electionId: string,
    { cursor = '', limit = 100 }: { cursor?: string; limit?: number },
  ): Promise<Outcome<Page<PublishedBallot>>> {
    return this.#published(orgId, electionId, (held) => {
      const rest = held.ballots
        .filter(({ trackingCode }) => trackingCode > cursor)
        .sort((a, b) => (a.trackingCode < b.trackingCode ? -1 : 1));
      const items = rest.slice(0, limit).map((ballot) => publicationOf(held, ballot));
      return accept({ items, nextCursor: rest.length > limit ? (items.at(-1)?.trackingCode ?? null) : null });
    });
  }

  async ballot(orgId: string, electionId: string, trackingCode: string): Promise<Outcome<PublishedBallot>> {
    return this.#published(orgId, electionId, (held) => {
      const found = held.ballots.find((ballot) => ballot.trackingCode === trackingCode);
      return found === undefined
        ? refuse('not_found', '', { details: { resource: 'ballot' } })
        : accept(publicationOf(held, found));
    });
  }

  /** What an organisation may use from now on. */
  leave(orgId: string, left: Left): void {
    this.#left.set(orgId, left);
  }

  /** Takes from what is left; false, taking nothing, where it is not enough. */
  #use(orgId: string, metric: keyof Left, count: number): boolean {
    const left = this.#left.get(orgId);
    const most = left?.[metric] ?? null;
    if (left === undefined || most === null) return true;
    if (count > most) return false;
    this.#left.set(orgId, { ...left, [metric]: most - count });
    return true;
  }

  #with<T>(orgId: string, electionId: string, work: (held: Held) => Outcome<T>): Outcome<T> {
    const held = this.#held.get(orgId + electionId);
    return held === undefined ? refuse('not_found', '', { details: { resource: 'election' } }) : work(held);
  }

  #counted<T>(orgId: string, electionId: string, work: (held: Held) => Outcome<T>): Outcome<T> {
    return this.#with(orgId, electionId, (held) => {
      const { state } = held.election;
      if (state === 'draft' || state === 'open')
        return refuse('conflict', '', { details: { reason: 'no_result_yet', state } });
      return state === 'cancelled' ? forbidden(held.election) : work(held);
    });
  }

  #published<T>(orgId: string, electionId: string, work: (held: Held) => Outcome<T>): Outcome<T> {
    return this.#with(orgId, electionId, (held) => {
      const { state } = held.election;
      if (state === 'cancelled') return forbidden(held.election);
      return state === 'published'
        ? work(held)
        : refuse('conflict', '', { details: { reason: 'not_published', state } });
    });
  }
}
