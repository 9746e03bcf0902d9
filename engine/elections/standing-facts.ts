import type { Database } from '../db/index.ts';
import type { Election } from './election.ts';
import { participation, selectElection } from './queries.ts';
import { type RollFacts, rollFacts } from './rules.ts';

/** A roll of 300,000 takes about 60 ms to add up: it is looked at again after this time, or 20 times what it took. */
const FRESH_MS = 1_000;
const COST_SHARE = 20;

/** What a standing needs besides the ballots: who may vote, who is present, what is on paper. Read now and then. */
export class StandingFacts {
  readonly #database: Database;
  readonly #orgId: string;
  readonly #electionId: string;
  roll: RollFacts = { rollCount: 0, rollWeight: 0n, present: null };
  /** ballots on paper were handed out */
  paper = false;
  #until = 0;

  constructor(database: Database, { orgId, electionId }: Election) {
    this.#database = database;
    this.#orgId = orgId;
    this.#electionId = electionId;
  }

  /** Throws the database's errors. @param now whatever the age of what is known */
  async refresh(now: boolean): Promise<void> {
    const startMs = performance.now();
    if (!now && startMs < this.#until) return;
    const { management } = this.#database;
    const election = await management.withOrg(this.#orgId, (tx) => selectElection(tx, this.#orgId, this.#electionId));
    if (election === undefined) return;
    const { quorum, majority } = election.rules;
    const asksRoll = quorum !== undefined || majority?.base === 'roll' || majority?.base === 'present';
    const row = asksRoll ? await management.call((sql) => participation(sql, this.#orgId, this.#electionId)) : null;
    this.roll = rollFacts(election, { roll: Number(row?.roll ?? 0), rollWeight: row?.roll_weight ?? 0n });
    this.paper = election.paperDeclared > 0;
    const tookMs = performance.now() - startMs;
    this.#until = startMs + Math.max(FRESH_MS, tookMs * COST_SHARE);
  }
}
