import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { Definition } from './definitions.ts';
import type { Election, Participation, Recount } from './election.ts';
import { countBox, insertResult, participation, seal, selectElection, selectResult } from './queries.ts';
import { type ResultJson, resultFromJson, resultToJson } from './result-json.ts';
import { decide, type ElectionResult } from './rules.ts';
import { digestOf, type Patterns, type Tallies } from './tally.ts';

/** After the close: seals the urn, counts the box, stores the result. Every step may be repeated and run twice at once. */
export class Counting {
  readonly #database: Database;
  readonly #tallies: Tallies;
  readonly #running = new Map<string, Promise<ElectionResult>>();

  constructor(database: Database, tallies: Tallies) {
    this.#database = database;
    this.#tallies = tallies;
  }

  /** The stored result of a closed election, counted first where that has not been done. Throws the database's errors. */
  async result(definition: Definition): Promise<ElectionResult> {
    const stored = await this.#stored(definition);
    if (stored !== undefined) return resultFromJson(stored.result);
    const { electionId } = definition.election;
    const present = this.#running.get(electionId);
    if (present !== undefined) return present;
    const running = this.#count(definition).finally(() => this.#running.delete(electionId));
    this.#running.set(electionId, running);
    return running;
  }

  /** Moves the ballots of a cancelled election to the box as well: nothing may go on joining them to their voters. */
  async seal(orgId: string, electionId: string): Promise<void> {
    await this.#database.management.call((sql) => seal(sql, orgId, electionId), limits.countTimeoutMs);
  }

  /** Counts again from the ballots alone and compares with the running tally of the close and with the stored result. */
  async recount(definition: Definition): Promise<Recount> {
    const { orgId, electionId } = definition.election;
    const result = await this.result(definition);
    const election = await this.#election(orgId, electionId);
    const box = await this.#box(orgId, electionId);
    const stored = await this.#stored(definition);
    const again = decide(election, patternsOf(box), await this.#roll(election));
    let ballots = 0;
    let weight = 0n;
    for (const pattern of box.values()) {
      ballots += pattern.count;
      weight += pattern.weight;
    }
    return {
      ballots,
      weight,
      equalsTally: stored !== undefined && digestOf(box).equals(stored.tallyDigest),
      // the stored one has been through jsonb, which keeps no order of keys
      equalsResult: isDeepStrictEqual(resultToJson(again), resultToJson(result)),
    };
  }

  async participation(orgId: string, electionId: string): Promise<Participation> {
    const row = await this.#database.management.call((sql) => participation(sql, orgId, electionId));
    return {
      roll: Number(row.roll),
      rollWeight: row.roll_weight,
      voted: Number(row.voted),
      votedWeight: row.voted_weight,
    };
  }

  async #count(definition: Definition): Promise<ElectionResult> {
    const { orgId, electionId } = definition.election;
    const election = await this.#election(orgId, electionId);
    // The running tally takes in its last batches before they leave the inbox: it must not be made from the box.
    const tally = await this.#tallies.read(definition, election);
    const tallyDigest = digestOf(tally.patterns);
    if (!election.sealed) await this.seal(orgId, electionId);
    const box = await this.#box(orgId, electionId);
    const result = decide(election, patternsOf(box), await this.#roll(election));
    await this.#database.management.withOrg(orgId, (tx) =>
      insertResult(tx, orgId, electionId, resultToJson(result), tallyDigest),
    );
    return result;
  }

  async #election(orgId: string, electionId: string): Promise<Election & { readonly sealed: boolean }> {
    const election = await this.#database.management.withOrg(orgId, (tx) => selectElection(tx, orgId, electionId));
    if (election === undefined) throw new Error(`election ${electionId} has vanished`);
    return election;
  }

  async #box(orgId: string, electionId: string): Promise<Patterns> {
    const patterns = await this.#database.management.call(
      (sql) => countBox(sql, orgId, electionId),
      limits.countTimeoutMs,
    );
    return new Map(patterns.map(({ ballot, count, weight }) => [ballot, { count, weight }]));
  }

  async #roll(election: Election): Promise<{ rollCount: number; rollWeight: bigint; present: number | null }> {
    const { roll, rollWeight } = await this.participation(election.orgId, election.electionId);
    return { rollCount: roll, rollWeight, present: election.present };
  }

  async #stored(definition: Definition): Promise<{ result: ResultJson; tallyDigest: Buffer } | undefined> {
    const { orgId, electionId } = definition.election;
    const row = await this.#database.management.withOrg(orgId, (tx) => selectResult(tx, orgId, electionId));
    return row && { result: row.result as ResultJson, tallyDigest: row.tally_digest };
  }
}

/** In the order of their texts, so that a count and its recount read the same list. */
function patternsOf(patterns: Patterns) {
  return [...patterns]
    .map(([ballot, { count, weight }]) => ({ ballot, count, weight }))
    .sort((a, b) => (a.ballot < b.ballot ? -1 : a.ballot > b.ballot ? 1 : 0));
}
