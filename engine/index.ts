import { newestMigration } from '../sql/migrate.ts';
import { Accounts, Idempotency } from './accounts/index.ts';
import { classifyFailure, type DatabaseOptions, openDatabase } from './db/index.ts';
import { Elections } from './elections/index.ts';
import type { LaneLimits } from './lanes/index.ts';
import { limits } from './limits.ts';
import { LogFeed } from './log/index.ts';
import { Meetings } from './meetings/index.ts';
import { accept, type Outcome, refuse } from './outcome.ts';
import { appliedMigration, makeLogPartitions } from './queries.ts';
import { Sweep } from './sweep.ts';

export type { Accounts, Caller, Idempotency, Identity, Person, Role } from './accounts/index.ts';
export type {
  CastReceipt,
  CastRequest,
  Election,
  ElectionResult,
  NewCredential,
  NewElection,
  Participation,
  PublishedBallot,
  Recount,
  ResultJson,
  TallyFigures,
} from './elections/index.ts';
export { credentialOfToken, ROUND_TABLE_HEADER, resultToJson, roundTable } from './elections/index.ts';
export { limits } from './limits.ts';
export type { LogEntry } from './log/index.ts';
export type { Meeting } from './meetings/index.ts';
export { accept, type FailureKind, type Outcome, refuse } from './outcome.ts';
export type { Page } from './page.ts';

export interface EngineOptions extends DatabaseOptions {
  /** told of bugs met outside any request; expected failures are outcomes and never come here */
  readonly report?: (error: unknown) => void;
  /** told when the database is found to be away, and when ballots reach it again */
  readonly reachable?: (yes: boolean) => void;
  /** other bounds for the lanes, for tests of overload */
  readonly laneLimits?: Partial<LaneLimits>;
}

/** What a room offers, without what it is made of: a model in memory can stand in for it. */
type Surface<Room> = Pick<Room, keyof Room>;

/** The rules, whole: everything a gateway, a worker or a test may ask. */
export interface Engine {
  readonly elections: Surface<Elections>;
  readonly meetings: Surface<Meetings>;
  readonly accounts: Surface<Accounts>;
  readonly idempotency: Surface<Idempotency>;
  readonly feed: Surface<LogFeed>;
  /** The database answers and is migrated to this version. */
  ready(): Promise<Outcome<{ readonly database: 'up'; readonly migration: string }>>;
  /** Work that was accepted finishes, then connections close. */
  close(): Promise<void>;
}

/**
 * Opens the engine on a migrated database.
 * @throws the database's error where it cannot be reached
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const report = options.report ?? (() => {});
  const database = await openDatabase(options);
  const feed = new LogFeed(database, report);
  try {
    await feed.start();
  } catch (error) {
    await database.close(); // an open connection would keep the process that gives up from ending
    throw error;
  }
  const elections = new Elections(database, feed, report, options.laneLimits, options.reachable);
  const sweep = new Sweep(() => elections.sweep(), limits.sweepMs, report);
  const upkeep = new Sweep(() => database.management.call((sql) => makeLogPartitions(sql)), limits.upkeepMs, report);
  sweep.start();
  upkeep.start();
  const expected = await newestMigration();
  return {
    elections,
    meetings: new Meetings(database, feed),
    accounts: new Accounts(database),
    idempotency: new Idempotency(database),
    feed,
    ready: async () => {
      try {
        const migration = await database.management.call((sql) => appliedMigration(sql));
        return migration === expected
          ? accept({ database: 'up' as const, migration })
          : refuse('database_away', `The database is at ${migration}, this version needs ${expected}.`);
      } catch (error) {
        if (classifyFailure(error) === 'bug') report(error);
        return refuse('database_away', 'The database cannot be reached.');
      }
    },
    close: async () => {
      await sweep.stop();
      await upkeep.stop();
      await elections.drain();
      feed.close();
      await database.close();
    },
  };
}
