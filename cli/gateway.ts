import { createEngine, QueueProblem } from '../engine/index.ts';
import { createLogger } from '../gateway/logging.ts';
import { startGateway } from '../gateway/main.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { builtPages } from '../web/build/index.ts';
import { choosePort } from './addresses.ts';
import { readArguments } from './arguments.ts';
import { gatewaySettingsOf, servingEngineOptions } from './gateway-settings.ts';
import { warnWithoutRedis } from './redis-settings.ts';
import { runCommand } from './run-command.ts';
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
  if (settings.DATABASE_URL === undefined) {
    throw new StartProblem(
      'DATABASE_URL is missing; example: DATABASE_URL=postgres://user:secret@db.example:5432/psephos',
    );
  }
  const pagesFolder = await builtPages();
  const logger = createLogger({ level: settings.LOG_LEVEL });
  const options = servingEngineOptions(settings, settings.DATABASE_URL, logger);
  const engine = await createEngine(options).catch((error: Error) => {
    if (error.message.startsWith('API_KEYS_FILE') || error instanceof QueueProblem)
      throw new StartProblem(error.message);
    throw new StartProblem(`The database of DATABASE_URL cannot be used: ${error.message}`);
  });
  warnWithoutRedis(engine, settings, logger);
  const gateway = await startGateway(gatewaySettingsOf(settings, settings.ORIGINS ?? [], pagesFolder), {
    engine,
    logger,
  }).catch(async (error: Error) => {
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
