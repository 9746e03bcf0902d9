import { setTimeout } from 'node:timers/promises';
import { limits } from '../limits.ts';
import { presentActor } from './actor.ts';
import { type ConnectOptions, connect, type Sql, type Transaction } from './connect.ts';
import { classifyFailure, StatementTimeout } from './failures.ts';
import { enterAccount, enterAct, enterOrganisation, enterWorker } from './queries.ts';

/** How much later than the server's own statement_timeout, which is the kinder way, a statement is given up here. */
const SERVER_FIRST_MS = 250;

/**
 * The pool for all that is not the hot path. Every transaction drops to the application's role and names its
 * organisation before anything else, for itself alone.
 */
export class ManagementPool {
  #sql: Sql;
  /** whoever still calls after the close is refused: it must not open a pool anew that nobody would close */
  #closed = false;
  readonly #options: ConnectOptions;
  readonly #connections: number;

  constructor(options: ConnectOptions, connections: number) {
    this.#options = options;
    this.#connections = connections;
    this.#sql = connect(options, connections, 'psephos management');
  }

  /**
   * One transaction as `psephos_app` inside one organisation. Row-level security shows it that organisation's rows only.
   * @throws whatever the database or `work` throws; StatementTimeout after `timeoutMs`
   */
  withOrg<T>(
    orgId: string,
    work: (tx: Transaction) => Promise<T>,
    timeoutMs: number = limits.managementTimeoutMs,
  ): Promise<T> {
    const actor = presentActor();
    return this.#limited(
      timeoutMs,
      (sql) =>
        sql.begin(async (tx) => {
          await enterOrganisation(tx, orgId, timeoutMs, actor);
          return work(tx);
        }) as Promise<T>,
    );
  }

  /**
   * One transaction as `psephos_app` for one account: its person's own rows, and no organisation's.
   * @throws as withOrg
   */
  withAccount<T>(
    accountId: string,
    work: (tx: Transaction) => Promise<T>,
    timeoutMs: number = limits.managementTimeoutMs,
  ): Promise<T> {
    const actor = presentActor();
    return this.#limited(
      timeoutMs,
      (sql) =>
        sql.begin(async (tx) => {
          await enterAccount(tx, accountId, timeoutMs, actor);
          return work(tx);
        }) as Promise<T>,
    );
  }

  /**
   * One transaction as `psephos_worker`, over all organisations: it reads logs, and writes what belongs to jobs.
   * @throws as withOrg
   */
  asWorker<T>(work: (tx: Transaction) => Promise<T>, timeoutMs: number = limits.managementTimeoutMs): Promise<T> {
    return this.#limited(
      timeoutMs,
      (sql) =>
        sql.begin(async (tx) => {
          await enterWorker(tx, timeoutMs);
          return work(tx);
        }) as Promise<T>,
    );
  }

  /**
   * As asWorker, for what a person does to the work of any organisation. `enter` ends that: for the rest of the transaction it is
   * as withOrg for the organisation it names, whose audit is told.
   * @throws as withOrg
   */
  actAsWorker<T>(
    work: (tx: Transaction, enter: (orgId: string) => Promise<void>) => Promise<T>,
    timeoutMs: number = limits.managementTimeoutMs,
  ): Promise<T> {
    const actor = presentActor();
    return this.#limited(
      timeoutMs,
      (sql) =>
        sql.begin(async (tx) => {
          await enterWorker(tx, timeoutMs);
          return work(tx, (orgId) => enterOrganisation(tx, orgId, timeoutMs, actor));
        }) as Promise<T>,
    );
  }

  /**
   * Statements outside any organisation that change what the audit watches: functions of `door` and `urn`, which name
   * their own. In a transaction that says who acts; by call() it would look like a change that came by no engine.
   * @throws as withOrg
   */
  act<T>(work: (sql: Sql) => Promise<T>, timeoutMs: number = limits.managementTimeoutMs): Promise<T> {
    const actor = presentActor();
    return this.#limited(
      timeoutMs,
      (sql) =>
        sql.begin(async (tx) => {
          await enterAct(tx, timeoutMs, actor);
          return work(tx as unknown as Sql); // called in the same way
        }) as Promise<T>,
    );
  }

  /**
   * A single statement outside any organisation: the functions of `door` and `urn`, which name their own. For what reads,
   * and for queues, counters and cursors; see act().
   */
  call<T>(work: (sql: Sql) => Promise<T>, timeoutMs: number = limits.managementTimeoutMs): Promise<T> {
    return this.#limited(timeoutMs, work);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#sql.end({ timeout: 5 });
  }

  /** An attempt that never reached the database is made again: nothing was written, and a busy machine misses 250 ms. */
  async #limited<T>(timeoutMs: number, work: (sql: Sql) => Promise<T>): Promise<T> {
    const untilMs = performance.now() + Math.min(timeoutMs, limits.connectRetryMs);
    for (;;) {
      try {
        return await this.#attempt(timeoutMs, work);
      } catch (error) {
        if (this.#closed || classifyFailure(error) !== 'unsent' || performance.now() > untilMs) throw error;
        await setTimeout(limits.connectPauseMs);
      }
    }
  }

  async #attempt<T>(timeoutMs: number, work: (sql: Sql) => Promise<T>): Promise<T> {
    const sql = this.#sql;
    const silent = new AbortController();
    const silence = setTimeout(timeoutMs + SERVER_FIRST_MS, undefined, { signal: silent.signal }).then(() => {
      throw new StatementTimeout(`no answer from the database in ${timeoutMs} ms`);
    });
    silence.catch(() => {}); // aborted in time
    const running = work(sql);
    running.catch(() => {}); // its end is of no interest once the limit has passed
    try {
      return await Promise.race([running, silence]);
    } catch (error) {
      // A connection that went silent cannot be told from its siblings: start anew, let those finish what they have.
      // One connect timeout after the other may be the pool's own fault (patches/README.md tells of one that was): whoever
      // cannot connect starts anew as well.
      if (error instanceof StatementTimeout || classifyFailure(error) === 'unsent') this.#renew(sql);
      throw error;
    } finally {
      silent.abort();
    }
  }

  #renew(old: Sql): void {
    if (this.#closed || this.#sql !== old) return;
    this.#sql = connect(this.#options, this.#connections, 'psephos management');
    old.end({ timeout: limits.managementTimeoutMs / 1_000 }).catch(() => {});
  }
}
