import { createEngine } from '../../engine/index.ts';
import type { Logger } from '../../workers/logger.ts';
import { MailSender } from '../../workers/mail.ts';
import { notifyLog } from '../../workers/notify.ts';
import { startQueues } from './queues.ts';

/**
 * A process of its own that tells members and sends their mails until it is killed:
 * `node notify-members.ts DATABASE_URL SMTP_URL MAILS_PER_SECOND`.
 */
const [databaseUrl, smtpUrl, perSecond] = process.argv.slice(2) as [string, string, string];
const engine = await createEngine({ url: databaseUrl });
const silent = () => {};
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };
await startQueues(engine, { databaseUrl }, [notifyLog]);
new MailSender(engine, { smtpUrl, from: 'votes@example.org', perSecond: Number(perSecond) }, logger).start();
process.once('disconnect', () => process.exit(0)); // its test is gone
