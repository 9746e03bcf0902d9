import { join, resolve } from 'node:path';
import { StartProblem } from '../sql/embedded/index.ts';
import type { WorkerSettings } from '../workers/index.ts';
import type { Settings } from './settings.ts';
import { upkeepSettingsOf } from './upkeep-settings.ts';

/**
 * What the workers need to know, from the environment.
 * @param databaseUrl of the application's login
 * @throws StartProblem where mails are to be sent and nobody is named as their sender
 */
export function workerSettingsOf(settings: Settings, databaseUrl: string): WorkerSettings {
  const { SMTP_URL, MAIL_FROM, MAIL_PER_SECOND } = settings;
  if (SMTP_URL !== undefined && MAIL_FROM === undefined) {
    throw new StartProblem(
      'MAIL_FROM is missing, and SMTP_URL is set: mail servers want to know who writes; example: MAIL_FROM=votes@example.org',
    );
  }
  return {
    mail:
      SMTP_URL === undefined || MAIL_FROM === undefined
        ? null
        : { smtpUrl: SMTP_URL, from: MAIL_FROM, perSecond: MAIL_PER_SECOND },
    webhookAllowPrivate: settings.WEBHOOK_ALLOW_PRIVATE,
    pushContact: pushContactOf(settings),
    audit: auditPlaceOf(settings),
    upkeep: upkeepSettingsOf(settings),
    jobs: {
      redisUrl: settings.REDIS_URL,
      databaseUrl: settings.JOBS_DATABASE_URL ?? databaseUrl,
      databaseVariable: settings.JOBS_DATABASE_URL === undefined ? 'DATABASE_URL' : 'JOBS_DATABASE_URL',
    },
  };
}

/** Whom push services may ask about us. */
function pushContactOf({ PUSH_CONTACT, PUBLIC_URL, MAIL_FROM }: Settings): string | undefined {
  if (PUSH_CONTACT !== undefined) return PUSH_CONTACT;
  if (PUBLIC_URL?.startsWith('https:')) return PUBLIC_URL;
  const address = /<([^>]+)>\s*$/.exec(MAIL_FROM ?? '')?.[1] ?? MAIL_FROM;
  return address === undefined ? undefined : `mailto:${address}`;
}

/** Where heads and archived months of the audit lie; beside the data unless the settings say otherwise. */
export function auditPlaceOf(settings: Settings): WorkerSettings['audit'] {
  const data = settings.DATA_DIR ?? 'data';
  return {
    headsFolder: resolve(settings.AUDIT_HEADS_DIR ?? join(data, 'audit-heads')),
    archiveFolder: resolve(settings.AUDIT_ARCHIVE_DIR ?? join(data, 'audit-archive')),
    keepMonths: settings.AUDIT_KEEP_MONTHS,
  };
}

/** Mails that wait may be read on this machine: none are sent, and nobody else reaches the gateway. */
export function showsOutbox({ SMTP_URL, HOST }: Settings): boolean {
  return SMTP_URL === undefined && /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(HOST);
}
