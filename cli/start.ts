import { limits } from '../engine/limits.ts';
import { createLogger, type Logger } from '../gateway/logging.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { builtPages } from '../web/build/index.ts';
import { accountOptionsOf } from './account-settings.ts';
import { choosePort } from './addresses.ts';
import { readArguments } from './arguments.ts';
import { type Say, type StartedDatabase, startDatabase } from './database.ts';
import { redisOptionsOf } from './redis-settings.ts';
import { runCommand } from './run-command.ts';
import type { Running } from './serving.ts';
import { readSettings } from './settings.ts';
import { welcomeText } from './welcome.ts';
import { workerSettingsOf } from './worker-settings.ts';

/** Of the time from SIGTERM to exit, what the embedded server has for its own stop. */
const DATABASE_STOP_MS = 2_000;
/** After a failed start nothing is left to do: whatever still holds the process is cut off. */
const FAILED_EXIT_MS = 500;
/** A service manager tells the bootstrap and us, and the bootstrap tells us again: only a later Ctrl-C means 'now'. */
const SAME_SIGNAL_MS = 1_000;
/** Beyond it something hangs: we leave, and the kernel stops the database (sql/embedded/server.ts). */
const EXIT_MS = 9_500;

const say: Say = (line) => process.stdout.write(`${line}\n`);

await runCommand(async () => {
  const { flags } = readArguments({
    command: 'npm start',
    purpose: 'Runs Psephos on this machine: PostgreSQL, engine, HTTP and sockets. Ctrl-C or SIGTERM stops it.',
    flags: {
      port: { type: 'number', placeholder: 'N', purpose: 'port of HTTP; 0 = any free one (8080)', min: 0, max: 65_535 },
      'ws-port': {
        type: 'number',
        placeholder: 'N',
        purpose: 'port of the sockets; 0 = any free one (8081)',
        min: 0,
        max: 65_535,
      },
      'data-dir': {
        type: 'string',
        placeholder: 'FOLDER',
        purpose: 'where the embedded PostgreSQL keeps its data (./data)',
      },
      'platform-admin': {
        type: 'string',
        placeholder: 'E-MAIL',
        purpose:
          'lets this person run the installation; without an account prints a link (while it runs: npm run admin)',
      },
      'new-key': {
        type: 'boolean',
        purpose: 'makes and prints another API key of the demo moderator (while it runs: npm run admin)',
      },
      json: { type: 'boolean', purpose: 'once it runs, prints one line of JSON for programs instead of the text' },
    },
    notes: [
      'All else is set by the environment or a .env file; .env.example documents every variable.',
      'DATABASE_URL uses a PostgreSQL of yours instead of the embedded one.',
      'Progress goes to standard output, the log (JSON lines) to standard error.',
    ],
  });
  const settings = readSettings({
    PORT: flags.port?.toString(),
    WS_PORT: flags['ws-port']?.toString(),
    DATA_DIR: flags['data-dir'],
  });
  if (flags['data-dir'] !== undefined && settings.DATABASE_URL !== undefined) {
    throw new StartProblem(
      '--data-dir is for the embedded PostgreSQL, and DATABASE_URL names another one: leave out one.',
    );
  }
  workerSettingsOf(settings, ''); // a setting that is missing is told before anything starts
  accountOptionsOf(settings, '');
  redisOptionsOf(settings);
  const logger = createLogger({ level: settings.LOG_LEVEL, destination: process.stderr });
  const port = await choosePort(settings.HOST, settings.PORT);
  const progress = flags.json ? () => {} : say;
  const pagesFolder = await builtPages(() => progress('Building the pages (only after a change; a few seconds) …'));
  const starting = startDatabase(settings, progress);
  // Engine and gateway take more than a second to load, as long as PostgreSQL takes to start: they do so side by side.
  const [database, { adminLine, serve }] = await Promise.all([starting, import('./serving.ts')]);
  const running = await serve(database, { ...settings, PORT: port }, logger, flags['new-key'], pagesFolder).catch(
    async (error: unknown) => {
      await database.stop();
      setTimeout(() => process.exit(), FAILED_EXIT_MS).unref();
      throw error;
    },
  );
  stopOnSignals(running, database, logger);
  const admin = flags['platform-admin'];
  if (admin !== undefined) progress(await adminLine(running, database, admin));
  process.stdout.write(
    flags.json ? `${announcement(running, database)}\n` : `\n${welcomeText(running.addresses, running.demo)}`,
  );
  logger.info({ http: running.addresses.httpUrl, socket: running.addresses.wsUrl }, 'started');
});

/** One line for programs: load tests and scripts that start a Psephos of their own. */
function announcement({ addresses, demo, workers }: Running, database: StartedDatabase): string {
  return JSON.stringify({
    http_url: addresses.httpUrl,
    ws_url: addresses.wsUrl,
    join_code: demo?.meeting?.joinCode ?? null,
    api_key: demo?.apiKey ?? null,
    pid: process.pid,
    postgres_pid: database.pid,
    workers_pid: workers.pid,
  });
}

/** The order matters: nothing new, what was accepted is answered, workers finish, connections close, the database last. */
function stopOnSignals({ gateway, workers }: Running, database: StartedDatabase, logger: Logger): void {
  let stoppingSinceMs: number | undefined;
  const stop = async () => {
    setTimeout(() => process.exit(1), EXIT_MS).unref();
    logger.info('stopping: nothing new is taken, what was accepted is finished');
    const late = setTimeout(() => void database.stop(), limits.drainMs - DATABASE_STOP_MS);
    const overdue = setTimeout(() => void workers.stop(), limits.drainMs / 2);
    await gateway.drain();
    await workers.stop();
    clearTimeout(overdue);
    clearTimeout(late);
    await database.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stoppingSinceMs === undefined) {
        stoppingSinceMs = performance.now();
        void stop();
      } else if (signal === 'SIGINT' && performance.now() - stoppingSinceMs > SAME_SIGNAL_MS) process.exit(1);
    });
  }
}
