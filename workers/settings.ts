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

export interface WorkerSettings {
  /** null: mails stay in the queue, to be read on the page /outbox of this machine */
  readonly mail: MailSettings | null;
  /** webhooks may lead to addresses of this machine and of private networks */
  readonly webhookAllowPrivate: boolean;
  readonly jobs: JobsPlace;
  readonly audit: AuditPlace;
}
