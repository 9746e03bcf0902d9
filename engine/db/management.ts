import { limits } from '../limits.ts';
import { type ConnectOptions, connect, type Sql, type Transaction } from './connect.ts';
import { classifyFailure, StatementTimeout } from './failures.ts';
import { enterOrganisation } from './queries.ts';

/**
 * The pool for all that is not the hot path. Every transaction drops to the application's role and names its
 * organisation before anything else, for itself alone.
 */
export class ManagementPool {
  #sql: Sql;
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
    return this.#limited(
      timeoutMs,
      (sql) =>
        sql.begin(async (tx) => {
          await enterOrganisation(tx, orgId, timeoutMs);
          return work(tx);
        }) as Promise<T>,
    );
  }

  /** A single statement outside any organisation: the functions of `door` and `urn`, which name their own. */
  call<T>(work: (sql: Sql) => Promise<T>, timeoutMs: number = limits.managementTimeoutMs): Promise<T> {
    return this.#limited(timeoutMs, work);
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 5 });
  }

  async #limited<T>(timeoutMs: number, work: (sql: Sql) => Promise<T>): Promise<T> {
    const sql = this.#sql;
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      // a little later than the server's own statement_timeout, which is the kinder way
      timer = setTimeout(
        () => reject(new StatementTimeout(`no answer from the database in ${timeoutMs} ms`)),
        timeoutMs + 250,
      );
    });
    const running = work(sql);
    running.catch(() => {}); // its end is of no interest once the limit has passed
    try {
      return await Promise.race([running, silence]);
    } catch (error) {
      // A connection that went silent cannot be told from its siblings: start anew, the old ones are dropped.
      if (error instanceof StatementTimeout || classifyFailure(error) === 'in_doubt') this.#renew(sql);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #renew(old: Sql): void {
    if (this.#sql !== old) return;
    this.#sql = connect(this.#options, this.#connections, 'psephos management');
    old.end({ timeout: 0 }).catch(() => {});
  }
}
