import { setTimeout as sleep } from 'node:timers/promises';
import { classifyFailure, type Database, isAway } from '../db/index.ts';
import { limits } from '../limits.ts';
import { type DueElection, dueElections } from './queries.ts';

/**
 * A timer of ours may fire before the database's clock shows the time, by as long as its answer was on its way: 1-2 ms, tens of
 * them on a busy machine.
 */
const EARLY_TRIES = 20;
const EARLY_PAUSE_MS = 5;

/**
 * Opens and closes elections at their times. What comes within the next sweeps has a timer of its own, so that a vote closes at
 * its time and not at the next sweep. Every process has a clock; the change itself happens once, under the election's lock.
 */
export class ElectionClock {
  readonly #database: Database;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** opens or closes it; false where the database says that its time has not come */
  readonly #act: (due: DueElection) => Promise<boolean>;
  readonly #seal: (orgId: string, electionId: string) => void;
  readonly #report: (error: unknown) => void;
  #closed = false;

  constructor(
    database: Database,
    act: (due: DueElection) => Promise<boolean>,
    seal: (orgId: string, electionId: string) => void,
    report: (error: unknown) => void,
  ) {
    this.#database = database;
    this.#act = act;
    this.#seal = seal;
    this.#report = report;
  }

  /** One look at what is due now or soon. Throws the database's errors. */
  async look(): Promise<void> {
    const askedMs = performance.now();
    const dues = await this.#database.management.call((sql) => dueElections(sql, limits.appointmentAheadMs));
    for (const due of dues) {
      if (due.inMs > 0) this.#keep(due, askedMs + due.inMs);
      else if (due.act === 'seal') this.#seal(due.orgId, due.electionId);
      else await this.#act(due);
    }
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** One that was moved meanwhile finds that its time has not come; the next look makes another appointment. */
  #keep(due: DueElection, atMs: number): void {
    const key = `${due.act} ${due.electionId}`;
    if (this.#closed || this.#timers.has(key)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.#come(due).catch((error) => {
        if (!isAway(classifyFailure(error))) this.#report(error); // a sweep will find it when the database is back
      });
    }, atMs - performance.now());
    this.#timers.set(key, timer);
  }

  async #come(due: DueElection): Promise<void> {
    for (let tries = 0; tries < EARLY_TRIES && !this.#closed; tries += 1) {
      if (await this.#act(due)) return;
      await sleep(EARLY_PAUSE_MS);
    }
  }
}
