import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { ReadCache } from '../redis/index.ts';
import type { Definition } from './definitions.ts';
import type { Election, Recount } from './election.ts';
import { type PaperBallots, patternsOfEntries } from './paper-count.ts';
import { paperBatches } from './paper-queries.ts';
import { countBox, type StoredElection, seal, selectElection, selectResult, storeResult } from './queries.ts';
import { type ResultJson, resultFromJson, resultToJson } from './result-json.ts';
import type { Rolls } from './rolls.ts';
import { decide, type ElectionResult, type RollFacts, rollFacts } from './rules.ts';
import { digestOf, type Patterns, type Tallies } from './tally.ts';

/** After the close: seals the urn, counts the box, stores the result. Every step may be repeated and run twice at once. */
export class Counting {
  readonly #database: Database;
  readonly #tallies: Tallies;
  readonly #rolls: Rolls;
  readonly #running = new Map<string, Promise<ElectionResult>>();
  readonly #cache: ReadCache | null;

  constructor(database: Database, tallies: Tallies, rolls: Rolls, cache: ReadCache | null = null) {
    this.#cache = cache;
    this.#database = database;
    this.#tallies = tallies;
    this.#rolls = rolls;
  }

  /**
   * The stored result of a closed election, counted first where that has not been done or where paper ballots have come
   * or gone since. Throws the database's errors.
   */
  async result(definition: Definition): Promise<ElectionResult> {
    const stored = await this.#stored(definition);
    if (stored?.current === true) return resultFromJson(stored.result);
    const { electionId } = definition.election;
    const present = this.#running.get(electionId);
    if (present !== undefined) return present;
    const running = this.#count(definition).finally(() => this.#running.delete(electionId));
    this.#running.set(electionId, running);
    return running;
  }

  /** The same once it is published, when nothing changes it any more. Throws the database's errors. */
  async published(definition: Definition): Promise<ElectionResult> {
    const { orgId, electionId } = definition.election;
    const cached = await this.#cache?.get<ResultJson>('results', `${orgId}:${electionId}`);
    if (cached !== undefined) return resultFromJson(cached);
    const result = await this.result(definition);
    this.#cache?.put('results', `${orgId}:${electionId}`, resultToJson(result));
    return result;
  }

  /** Moves the ballots of a cancelled election to the box as well: nothing may go on joining them to their voters. */
  async seal(orgId: string, electionId: string): Promise<void> {
    await this.#database.management.act((sql) => seal(sql, orgId, electionId), limits.countTimeoutMs);
  }

  /** Counts again from the ballots alone and compares with the running tally of the close and with the stored result. */
  async recount(definition: Definition): Promise<Recount> {
    const { orgId, electionId } = definition.election;
    const result = await this.result(definition);
    const election = await this.#election(orgId, electionId);
    const box = await this.#box(orgId, electionId);
    const stored = await this.#stored(definition);
    const paper = await this.#paper(definition, election);
    const again = decide(election, patternsOf(box), await this.#roll(election), paper);
    let ballots = 0;
    let weight = 0n;
    for (const pattern of box.values()) {
      ballots += pattern.count;
      weight += pattern.weight;
    }
    return {
      ballots,
      weight,
      paperBallots: paper?.batches.reduce((sum, batch) => sum + batch.ballots, 0) ?? 0,
      equalsTally: stored !== undefined && digestOf(box).equals(stored.tallyDigest),
      // the stored one has been through jsonb, which keeps no order of keys
      equalsResult: isDeepStrictEqual(resultToJson(again), resultToJson(result)),
    };
  }

  async #count(definition: Definition): Promise<ElectionResult> {
    const { orgId, electionId } = definition.election;
    for (;;) {
      const election = await this.#election(orgId, electionId);
      // The running tally takes in its last batches before they leave the inbox: it must not be made from the box.
      const tally = await this.#tallies.read(definition, election);
      const tallyDigest = digestOf(tally.patterns);
      if (!election.sealed) await this.seal(orgId, electionId);
      const box = await this.#box(orgId, electionId);
      const paper = await this.#paper(definition, election);
      const result = decide(election, patternsOf(box), await this.#roll(election), paper);
      const stored = await this.#database.management.act((sql) =>
        storeResult(sql, orgId, electionId, resultToJson(result), tallyDigest, election.paperVersion),
      );
      if (stored) return result;
      // paper ballots came or went while it was counted, or else the election was cancelled and needs no result
      if ((await this.#election(orgId, electionId)).paperVersion === election.paperVersion) return result;
    }
  }

  async #election(orgId: string, electionId: string): Promise<StoredElection> {
    const election = await this.#database.management.withOrg(orgId, (tx) => selectElection(tx, orgId, electionId));
    if (election === undefined) throw new Error(`election ${electionId} has vanished`);
    return election;
  }

  /** Confirmed batches; null where there are none. */
  async #paper({ method, contest }: Definition, election: StoredElection): Promise<PaperBallots | null> {
    const { orgId, electionId, paperDeclared, secrecy, secretStep } = election;
    const rows = await this.#database.management.call((sql) => paperBatches(sql, orgId, electionId));
    const batches = rows.flatMap(({ entries, ...batch }) =>
      entries === null ? [] : [{ ...batch, patterns: patternsOfEntries(method, contest, batch.ballots, entries) }],
    );
    if (batches.length === 0) return null;
    return { declared: paperDeclared, batches, leastShown: secrecy === 'secret' ? secretStep : 1 };
  }

  async #box(orgId: string, electionId: string): Promise<Patterns> {
    const patterns = await this.#database.management.call(
      (sql) => countBox(sql, orgId, electionId),
      limits.countTimeoutMs,
    );
    return new Map(patterns.map(({ ballot, count, weight }) => [ballot, { count, weight }]));
  }

  async #roll(election: Election): Promise<RollFacts> {
    return rollFacts(election, await this.#rolls.participation(election.orgId, election.electionId));
  }

  /** current: nothing that counts on paper has changed since. */
  async #stored({
    election: { orgId, electionId },
  }: Definition): Promise<{ result: ResultJson; tallyDigest: Buffer; current: boolean } | undefined> {
    const row = await this.#database.management.withOrg(orgId, (tx) => selectResult(tx, orgId, electionId));
    return row && { result: row.result as ResultJson, tallyDigest: row.tally_digest, current: row.current };
  }
}

/** In the order of their texts, so that a count and its recount read the same list. */
function patternsOf(patterns: Patterns) {
  return [...patterns]
    .map(([ballot, { count, weight }]) => ({ ballot, count, weight }))
    .sort((a, b) => (a.ballot < b.ballot ? -1 : a.ballot > b.ballot ? 1 : 0));
}
