import { once } from 'node:events';
import { createEngine } from '../engine/index.ts';
import { createLogger } from '../gateway/logging.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { startMonitor, startWorkers } from '../workers/index.ts';
import { accountOptionsOf } from './account-settings.ts';
import { addressesOf } from './addresses.ts';
import { readArguments } from './arguments.ts';
import { databaseProblem } from './database.ts';
import { redisOptionsOf } from './redis-settings.ts';
import { runCommand } from './run-command.ts';
import { searchOptionsOf } from './search-settings.ts';
import { readSettings } from './settings.ts';
import { workerSettingsOf } from './worker-settings.ts';

/** Beyond it something hangs: jobs that were in work run again elsewhere. */
const EXIT_MS = 8_000;

await runCommand(async () => {
  const { flags } = readArguments({
    command: 'npm run workers',
    purpose:
      'Runs workers: search, audit, mails, webhooks, upkeep. npm start runs some already; this adds more of them.',
    flags: {
      port: {
        type: 'number',
        placeholder: 'N',
        purpose: 'port of /health, /ready and /metrics on 127.0.0.1; 0 = any free one (0)',
        min: 0,
        max: 65_535,
      },
    },
    notes: [
      'Works on the database of DATABASE_URL, which npm start or npm run migrate has brought to this version.',
      'The log (JSON lines) goes to standard error; the address of the monitor is in its first line.',
    ],
  });
  const settings = readSettings({ WORKERS_PORT: flags.port?.toString() });
  const { DATABASE_URL: url } = settings;
  if (url === undefined) {
    throw new StartProblem(
      'DATABASE_URL is missing: npm start runs workers for its embedded PostgreSQL itself. Example: ' +
        'DATABASE_URL=postgres://user:secret@db.example:5432/psephos',
    );
  }
  const workerSettings = workerSettingsOf(settings, url);
  const logger = createLogger({ level: settings.LOG_LEVEL, destination: process.stderr });
  const engine = await createEngine({
    url,
    ...accountOptionsOf(settings, addressesOf(settings, settings.PORT, settings.WS_PORT).httpUrl),
    hotConnections: settings.HOT_POOL,
    connections: settings.POOL,
    webhookAllowPrivate: settings.WEBHOOK_ALLOW_PRIVATE,
    ...searchOptionsOf(settings),
    ...redisOptionsOf({ ...settings, BALLOT_FALLBACK: 'off' }), // gateways take ballots in, and drain what they queued
    report: (err) => logger.error({ err }, 'a bug outside any job'),
  }).catch((error: unknown) => {
    throw databaseProblem(error, 'DATABASE_URL', url);
  });
  const stopping = stoppedBySignals();
  let atWork = false;
  try {
    const ready = await engine.ready();
    if (!ready.ok) throw new StartProblem(`DATABASE_URL: ${ready.failure.message} Run npm run migrate first.`);
    const monitor = await startMonitor(engine, settings.WORKERS_PORT, () => atWork).catch((error: Error) => {
      throw new StartProblem(`WORKERS_PORT=${settings.WORKERS_PORT}: ${error.message}`);
    });
    logger.info({ monitor: monitor.url }, 'workers begin');
    await startWorkers(engine, workerSettings, logger, { stopping })
      .then(async (workers) => {
        atWork = true;
        logger.info({ monitor: monitor.url }, 'workers are at work');
        if (!stopping.aborted) await once(stopping, 'abort');
        await workers.stop();
      })
      .catch((error: unknown) => {
        if (atWork || !stopping.aborted) throw error; // else it was waiting for Redis when it was told to stop
      })
      .finally(() => monitor.stop());
    await engine.close();
    process.exit(0);
  } catch (error) {
    await engine.close();
    throw error;
  }
});

/** Aborted by the first SIGTERM or SIGINT. */
function stoppedBySignals(): AbortSignal {
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) return;
    setTimeout(() => process.exit(1), EXIT_MS).unref();
    stopping.abort();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  return stopping.signal;
}
