import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { makeSharedTempFolder, StartProblem } from '../sql/embedded/index.ts';

const ROOT = resolve(import.meta.dirname, '..');
const STOP_MS = 12_000; // its own limit is 10 s
const SHOWN_LINES = 10;

export interface OwnServerOptions {
  /** 0 or absent: any free port */
  readonly port?: number;
  readonly wsPort?: number;
  /** absent: a new one in a temporary folder; a folder of the caller's is left standing */
  readonly dataDir?: string;
  /** further variables of .env.example, e.g. DATABASE_URL; nothing else of our environment reaches the server */
  readonly environment?: Readonly<Record<string, string>>;
  /** told what the server says while it starts */
  readonly onProgress?: (line: string) => void;
}

/** A Psephos of our own: the real `npm start`, in a process of its own. */
export interface OwnServer {
  readonly httpUrl: string;
  readonly wsUrl: string;
  /** of the demo moderator; null on a database that has been started before */
  readonly apiKey: string | null;
  readonly joinCode: string | null;
  /** the gateway's process; its embedded PostgreSQL goes with it */
  readonly pid: number;
  /** the embedded PostgreSQL as it was started (one that is killed comes back under another number) */
  readonly postgresPid: number | null;
  /** where PostgreSQL's files and log are; null with a DATABASE_URL */
  readonly dataDir: string | null;
  /** everything it has logged so far */
  log(): string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** SIGTERM; removes the temporary folder. Resolves with the exit code. Safe to call twice. */
  stop(): Promise<number | null>;
}

interface Announcement {
  readonly http_url: string;
  readonly ws_url: string;
  readonly join_code: string | null;
  readonly api_key: string | null;
  readonly pid: number;
  readonly postgres_pid: number | null;
}

/**
 * Starts a server for a load test and waits until it takes requests.
 * @throws StartProblem with its own words when it does not start
 */
export async function startOwnServer(options: OwnServerOptions = {}): Promise<OwnServer> {
  const folder = await makeSharedTempFolder('psephos-own-');
  const ownDatabase = options.environment?.DATABASE_URL === undefined;
  const dataDir = ownDatabase ? (options.dataDir ?? join(folder, 'data')) : null;
  const logFile = join(folder, 'server.log');
  const child = spawnServer(options, dataDir, folder, logFile);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const log = () => readFileSync(logFile, 'utf8');
  const announced = await firstJson(child, options.onProgress ?? (() => {}));
  if (announced === null) {
    await exited;
    const said = log().trim().split('\n').slice(-SHOWN_LINES).join('\n');
    remove(folder);
    throw new StartProblem(`The server did not start: ${said}`);
  }
  let stopped: Promise<number | null> | undefined;
  const stop = async () => {
    child.kill('SIGTERM');
    const harder = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    const code = await exited;
    clearTimeout(harder);
    remove(folder);
    return code;
  };
  return {
    httpUrl: announced.http_url,
    wsUrl: announced.ws_url,
    apiKey: announced.api_key,
    joinCode: announced.join_code,
    pid: announced.pid,
    postgresPid: announced.postgres_pid,
    dataDir,
    log,
    kill: (signal) => child.kill(signal),
    exited,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The PostgreSQL of a server that was killed outright takes a moment to go, and writes until then. */
function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

function spawnServer(
  options: OwnServerOptions,
  dataDir: string | null,
  folder: string,
  logFile: string,
): ChildProcess & { stdout: NodeJS.ReadableStream } {
  const { PATH = '', HOME = folder, TMPDIR } = process.env;
  const link = pathToFileURL(join(ROOT, 'cli', 'parent-link.mjs')).href;
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      `--import=${link}`, // so that it goes when we are killed
      join(ROOT, 'cli', 'start.ts'),
      '--json',
      ...['--port', String(options.port ?? 0), '--ws-port', String(options.wsPort ?? 0)],
      ...(dataDir === null ? [] : ['--data-dir', dataDir]),
    ],
    {
      cwd: folder, // a .env of the caller's folder is not meant for it
      env: {
        PATH,
        HOME,
        ...(TMPDIR === undefined ? {} : { TMPDIR }),
        ...options.environment,
        PSEPHOS_BOOTSTRAP_PID: String(process.pid),
      },
      stdio: ['ignore', 'pipe', log, 'ipc'],
    },
  );
  closeSync(log);
  child.channel?.unref();
  return child as ChildProcess & { stdout: NodeJS.ReadableStream };
}

/** The line of JSON with which it says that it runs; null when it ends without. */
async function firstJson(
  child: ChildProcess & { stdout: NodeJS.ReadableStream },
  onProgress: (line: string) => void,
): Promise<Announcement | null> {
  const lines = createInterface({ input: child.stdout });
  const found = await new Promise<Announcement | null>((done) => {
    lines.on('line', (line) => {
      if (line.startsWith('{')) done(JSON.parse(line) as Announcement);
      else onProgress(line);
    });
    lines.once('close', () => done(null));
  });
  return found;
}
