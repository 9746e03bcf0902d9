import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from '../gateway/logging.ts';

/** After this long a process of workers that ended counts as started well, and the next pause is the shortest again. */
const STEADY_MS = 30_000;
const RESTART_MIN_MS = 200;
const RESTART_MAX_MS = 10_000;
/** cli/workers.ts leaves by itself before that. */
const KILL_MS = 8_500;

/** The workers of `npm start`: a process of their own, so that nothing they do holds up a ballot. */
export class WorkersProcess {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #logger: Logger;
  #child: ChildProcess | undefined;
  #pauseMs = RESTART_MIN_MS;
  #timer: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;

  /** @param environment over ours, e.g. the DATABASE_URL of the embedded server */
  constructor(environment: Readonly<Record<string, string>>, logger: Logger) {
    this.#environment = environment;
    this.#logger = logger;
  }

  /** Of the process as it is now; null while it is being started again. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  start(): void {
    const startedMs = performance.now();
    const child = spawnWorkers(this.#environment);
    this.#child = child;
    child.once('error', (err) => this.#logger.error({ err }, 'the workers could not be started'));
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      if (this.#stopped !== undefined) return;
      this.#pauseMs =
        performance.now() - startedMs > STEADY_MS ? RESTART_MIN_MS : Math.min(RESTART_MAX_MS, 2 * this.#pauseMs);
      this.#logger.warn({ code, signal, again_in_ms: this.#pauseMs }, 'the workers ended: they are started again');
      this.#timer = setTimeout(() => this.start(), this.#pauseMs);
    });
  }

  /** Jobs in work are finished. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const harder = setTimeout(() => child.kill('SIGKILL'), KILL_MS);
    await ended;
    clearTimeout(harder);
  }
}

/** In a group of its own: a Ctrl-C in the terminal is ours to pass on, after the gateway has drained. */
function spawnWorkers(environment: Readonly<Record<string, string>>): ChildProcess {
  const link = pathToFileURL(join(import.meta.dirname, 'parent-link.mjs')).href; // so that it goes when we are killed
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `--import=${link}`, join(import.meta.dirname, 'workers.ts')],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: process.platform !== 'win32',
      env: { ...process.env, ...environment, PSEPHOS_BOOTSTRAP_PID: String(process.pid) },
    },
  );
  child.channel?.unref();
  return child;
}
