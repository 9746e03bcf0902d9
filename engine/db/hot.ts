import { limits } from '../limits.ts';
import { type ConnectOptions, connect, type Sql } from './connect.ts';
import { classifyFailure, isAway, StatementTimeout } from './failures.ts';

/**
 * One connection of the hot path. It runs one statement at a time; a statement that takes too long costs the
 * connection, since a half-open one can be told by nothing else, and the next statement gets a new one.
 */
export class HotConnection {
  #sql: Sql;
  readonly #options: ConnectOptions;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#sql = connect(options, 1, 'psephos hot');
  }

  /**
   * @param statement sends one statement and resolves with its answer
   * @throws StatementTimeout after `timeoutMs` (its fate is unknown), or the database's error
   */
  async run<T>(statement: (sql: Sql) => Promise<T>, timeoutMs: number = limits.operationTimeoutMs): Promise<T> {
    const sql = this.#sql;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const late = () => reject(new StatementTimeout(`no answer in ${timeoutMs} ms`));
        // setImmediate: after a stall of this process the answer may have come already and lie unread
        timer = setTimeout(() => setImmediate(late), timeoutMs);
        statement(sql).then(resolve, reject);
      });
    } catch (error) {
      if (isAway(classifyFailure(error))) this.#renew(sql);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 1 });
  }

  #renew(old: Sql): void {
    if (this.#sql !== old) return;
    this.#sql = connect(this.#options, 1, 'psephos hot');
    old.end({ timeout: 0 }).catch(() => {});
  }
}
