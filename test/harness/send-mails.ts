import { createEngine } from '../../engine/index.ts';
import { startSenders } from '../../workers/index.ts';

/** A process of its own that sends mails until it is killed: `node send-mails.ts DATABASE_URL SMTP_URL`. */
const [databaseUrl, smtpUrl] = process.argv.slice(2);
const engine = await createEngine({ url: databaseUrl as string });
const silent = () => {};
startSenders(
  engine,
  { mail: { smtpUrl: smtpUrl as string, from: 'votes@example.org', perSecond: 1_000 }, webhookAllowPrivate: false },
  { debug: silent, info: silent, warn: silent, error: silent },
);
