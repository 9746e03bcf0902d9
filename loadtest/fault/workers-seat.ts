import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ERROR_LEVEL, levelOf } from './server-seat.ts';

const CLI = resolve(import.meta.dirname, '../../cli');
const START_PATIENCE_MS = 60_000;
const START_PAUSE_MS = 50;
const STOP_MS = 12_000; // its own limit is 8 s
/** of its last words */
const SHOWN_LINES = 10;

/** One `npm run workers` that comes back however often it is killed, as under a supervisor. */
export class WorkersSeat {
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  #lastWords: string[] = [];
  #changing: Promise<void> = Promise.resolve();
  readonly #bugs: string[] = [];
  readonly #crashes: string[] = [];

  /** @param environment variables of .env.example; nothing else of ours reaches it */
  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
  }

  /** Resolves when it is at work. @throws with its last words */
  start(): Promise<void> {
    return this.#change(() => this.#start());
  }

  /** SIGKILL, and a new process at once. Resolves when that one is at work. */
  kill(): Promise<void> {
    return this.#change(async () => {
      await this.#leave('SIGKILL');
      await this.#start();
    });
  }

  /** Resolves when what was begun here is done. */
  ready(): Promise<void> {
    return this.#changing;
  }

  stop(): Promise<void> {
    return this.#change(() => this.#leave('SIGTERM'));
  }

  /** What it has logged as bugs since the last time it was asked. */
  takeBugs(): string[] {
    return this.#bugs.splice(0);
  }

  /** The last words of each process that ended although nobody had killed it, since the last time it was asked. */
  takeCrashes(): string[] {
    return this.#crashes.splice(0);
  }

  /** Workers that find no database end by themselves: whoever supervises them starts them again. */
  async #start(): Promise<void> {
    const until = performance.now() + START_PATIENCE_MS;
    while (!(await this.#startOnce())) {
      if (performance.now() > until) throw new Error(`the workers do not start: ${this.#lastWords.join('\n')}`);
      await sleep(START_PAUSE_MS);
    }
  }

  async #startOnce(): Promise<boolean> {
    const child = spawnWorkers(this.#environment);
    const exited = once(child, 'exit');
    this.#lastWords = [];
    const atWork = await new Promise<boolean>((done) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        this.#lastWords = [...this.#lastWords.slice(1 - SHOWN_LINES), line];
        if (levelOf(line) >= ERROR_LEVEL) this.#bugs.push(line);
        if (line.includes('workers are at work')) done(true);
      });
      void exited.then(() => done(false));
    });
    if (!atWork) return false;
    this.#child = child;
    void exited.then(() => {
      if (this.#child !== child) return;
      this.#crashes.push(this.#lastWords.join('\n'));
      this.kill().catch(() => {}); // ready() tells that they do not come back
    });
    return true;
  }

  async #leave(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null; // its end is wanted from here on
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const harder = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(harder);
  }

  #change(work: () => Promise<void>): Promise<void> {
    this.#changing = this.#changing.then(work, work); // what failed before was told to whoever asked for it
    return this.#changing;
  }
}

function spawnWorkers(environment: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = '/' } = process.env;
  const link = pathToFileURL(resolve(CLI, 'parent-link.mjs')).href; // so that it goes when we are killed
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `--import=${link}`, resolve(CLI, 'workers.ts')],
    {
      cwd: '/', // a .env of the caller's folder is not meant for it
      env: { PATH, HOME, ...environment, PSEPHOS_BOOTSTRAP_PID: String(process.pid) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  child.channel?.unref();
  return child as ChildProcess & { readonly stderr: NodeJS.ReadableStream };
}
