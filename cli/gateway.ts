import { createEngine, QueueProblem } from '../engine/index.ts';
import { createLogger } from '../gateway/logging.ts';
import { startGateway } from '../gateway/main.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { builtPages } from '../web/build/index.ts';
import { accountOptionsOf } from './account-settings.ts';
import { addressesOf, choosePort } from './addresses.ts';
import { readArguments } from './arguments.ts';
import { redisOptionsOf } from './redis-settings.ts';
import { runCommand } from './run-command.ts';
import { searchOptionsOf } from './search-settings.ts';
import { readSettings } from './settings.ts';

/** The last moment before a supervisor would kill the process: 10 s after the signal. */
const DRAIN_MAX_MS = 9_500;

/**
 * One more gateway on a database that is migrated already: `node cli/gateway.ts` with DATABASE_URL. Several of them give
 * one truth. Prints `{"port", "ws_port"}` once it listens; SIGTERM and SIGINT drain it.
 */
await runCommand(async () => {
  const { flags } = readArguments({
    command: 'node cli/gateway.ts',
    purpose: 'Starts one more gateway on the migrated database of DATABASE_URL.',
    flags: {
      port: { type: 'number', placeholder: 'N', purpose: 'HTTP port, 0 = any free one', min: 0, max: 65_535 },
      'ws-port': { type: 'number', placeholder: 'N', purpose: 'socket port, 0 = any free one', min: 0, max: 65_535 },
    },
  });
  const read = readSettings({ PORT: flags.port?.toString(), WS_PORT: flags['ws-port']?.toString() });
  const settings = { ...read, PORT: await choosePort(read.HOST, read.PORT) };
  const publicUrl = addressesOf(settings, settings.PORT, settings.WS_PORT).httpUrl;
  if (settings.DATABASE_URL === undefined) {
    throw new StartProblem(
      'DATABASE_URL is missing; example: DATABASE_URL=postgres://user:secret@db.example:5432/psephos',
    );
  }
  const pagesFolder = await builtPages();
  const logger = createLogger({ level: settings.LOG_LEVEL });
  const engine = await createEngine({
    url: settings.DATABASE_URL,
    ...accountOptionsOf(settings, publicUrl),
    hotConnections: settings.HOT_POOL,
    connections: settings.POOL,
    webhookAllowPrivate: settings.WEBHOOK_ALLOW_PRIVATE,
    ...searchOptionsOf(settings),
    ...redisOptionsOf(settings),
    apiKeysFile: settings.API_KEYS_FILE,
    report: (err) => logger.error({ err }, 'a bug outside any request'),
    reachable: (yes) =>
      yes
        ? logger.info('ballots reach the database again')
        : logger.warn(
            settings.BALLOT_FALLBACK === 'queue'
              ? 'the database is away: ballots are queued in Redis'
              : 'the database is away: ballots are refused with LOAD_003',
          ),
  }).catch((error: Error) => {
    if (error.message.startsWith('API_KEYS_FILE') || error instanceof QueueProblem)
      throw new StartProblem(error.message);
    throw new StartProblem(`The database of DATABASE_URL cannot be used: ${error.message}`);
  });
  const gateway = await startGateway(
    {
      host: settings.HOST,
      port: settings.PORT,
      socketPort: settings.WS_PORT,
      origins: settings.ORIGINS ?? [],
      publicSocketUrl: settings.PUBLIC_WS_URL,
      trustedProxies: settings.TRUSTED_PROXIES,
      socketLimits: {
        connectionsMax: settings.SOCKETS_MAX,
        connectionsPerAddressMax: settings.SOCKETS_PER_ADDRESS,
      },
      pagesFolder,
      publicUrl,
      metricsToken: settings.METRICS_TOKEN,
    },
    { engine, logger },
  ).catch(async (error: Error) => {
    await engine.close();
    throw new StartProblem(error.message);
  });
  const drain = () => {
    setTimeout(() => process.exit(1), DRAIN_MAX_MS).unref();
    void gateway.drain();
  };
  process.once('SIGTERM', drain).once('SIGINT', drain);
  process.stdout.write(`${JSON.stringify({ port: gateway.port, ws_port: gateway.socketPort })}\n`);
});
