import type { Retention, TaskSummary } from '../engine/index.ts';
import type { Logger } from './logger.ts';
import type { MailSettings } from './mail.ts';

/** Where jobs are kept. */
export interface JobsPlace {
  /** redis://… or rediss://…; undefined: in the database */
  readonly redisUrl?: string | undefined;
  /** postgres://… of a direct connection, whose user may act as psephos_worker */
  readonly databaseUrl: string;
  /** the variable that databaseUrl is from, for messages */
  readonly databaseVariable?: 'DATABASE_URL' | 'JOBS_DATABASE_URL';
}

/** Where signed heads and archived months of the audit lie: outside the database, best on another machine's disk. */
export interface AuditPlace {
  readonly headsFolder: string;
  readonly archiveFolder: string;
  /** whole months that stay in the database beside the present one */
  readonly keepMonths: number;
}

/** Backups as the settings want them; cli/ makes it, since workers know no server but through the engine. */
export interface Backups {
  /** @throws with what to change */
  take(signal: AbortSignal): Promise<TaskSummary>;
  /** restores the newest into a temporary server. @throws naming what is wrong with it */
  drill(signal: AbortSignal): Promise<TaskSummary>;
}

/** A thing that runs for as long as the workers do. */
export interface Beside {
  start(logger: Logger): void;
  stop(): Promise<void>;
}

export interface UpkeepSettings {
  readonly retention: Retention;
  /** mails and webhook deliveries that are done */
  readonly deliveriesKeptMs: number;
  readonly notificationsKeptMs: number;
  /** null: none are wanted */
  readonly backups: Backups | null;
  /** archives the write-ahead log; null: that is not wanted */
  readonly logArchive: Beside | null;
}

export interface WorkerSettings {
  /** null: mails stay in the queue, to be read on the page /outbox of this machine */
  readonly mail: MailSettings | null;
  /** webhooks may lead to addresses of this machine and of private networks */
  readonly webhookAllowPrivate: boolean;
  /** whom a push service may ask about us: mailto: or https: */
  readonly pushContact?: string | undefined;
  readonly jobs: JobsPlace;
  readonly audit: AuditPlace;
  /** left out: no backups, and nothing goes by age but what limits.ts says */
  readonly upkeep?: UpkeepSettings;
}
