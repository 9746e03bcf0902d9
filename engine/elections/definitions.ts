import type { Database } from '../db/index.ts';
import type { ReadCache } from '../redis/index.ts';
import { contestOf, methodOf } from './counting/index.ts';
import type { Contest, Method } from './counting/method.ts';
import type { Election } from './election.ts';
import { selectElection } from './queries.ts';

/** What never changes about an election once it is open: all that a cast needs before it reaches the database. */
export interface Definition {
  readonly election: Election;
  readonly contest: Contest;
  readonly method: Method;
}

/** Definitions kept in memory; an election takes a few KB. Drafts are not kept: they still change. */
const KEPT = 2_000;

export class Definitions {
  readonly #database: Database;
  readonly #cache: ReadCache | null;
  readonly #kept = new Map<string, Definition>();
  #last: Definition | undefined;
  readonly #loading = new Map<string, Promise<Definition | undefined>>();

  constructor(database: Database, cache: ReadCache | null = null) {
    this.#database = database;
    this.#cache = cache;
  }

  /** Without waiting, where it is known already. */
  kept(orgId: string, electionId: string): Definition | undefined {
    // most ballots of one moment are for one election: comparing two texts is cheaper than joining and hashing them
    if (this.#last?.election.electionId === electionId && this.#last.election.orgId === orgId) return this.#last;
    const definition = this.#kept.get(orgId + electionId);
    if (definition !== undefined) this.#last = definition;
    return definition;
  }

  /** undefined where the organisation has no such election. Throws what the database throws. */
  async load(orgId: string, electionId: string): Promise<Definition | undefined> {
    const key = orgId + electionId;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const present = this.#loading.get(key);
    if (present !== undefined) return present;
    const loading = this.#fetch(orgId, electionId).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  async #fetch(orgId: string, electionId: string): Promise<Definition | undefined> {
    const cached = await this.#cache?.get<Election>('elections', `${orgId}:${electionId}`);
    const election =
      cached ?? (await this.#database.management.withOrg(orgId, (tx) => selectElection(tx, orgId, electionId)));
    if (election === undefined) return undefined;
    if (cached === undefined && election.state !== 'draft')
      this.#cache?.put('elections', `${orgId}:${electionId}`, election);
    const definition = {
      election,
      contest: contestOf(electionId, election.options, election.method.settings),
      method: methodOf(election.method.method),
    };
    if (election.state === 'draft') return definition;
    if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value as string);
    this.#kept.set(orgId + electionId, definition);
    return definition;
  }
}
