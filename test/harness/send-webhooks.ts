import { createEngine } from '../../engine/index.ts';
import { startSenders } from '../../workers/index.ts';

/** A process of its own that posts to webhooks until it is killed: `node send-webhooks.ts DATABASE_URL`. */
const [databaseUrl] = process.argv.slice(2);
const engine = await createEngine({ url: databaseUrl as string, webhookAllowPrivate: true });
const silent = () => {};
const logger = { debug: silent, info: silent, warn: silent, error: silent };
startSenders(engine, { mail: null, webhookAllowPrivate: true }, logger);
