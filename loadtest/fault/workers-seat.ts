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
  #atWork = false;
  #stopping = false;
  #supervised: Promise<void> = Promise.resolve();
  /** its end is wanted */
  readonly #killed = new WeakSet<ChildProcess>();
  #lastWords: string[] = [];
  readonly #bugs: string[] = [];
  readonly #crashes: string[] = [];

  /** @param environment variables of .env.example; nothing else of ours reaches it */
  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
  }

  /** Resolves when it is at work. @throws with its last words after a minute */
  async start(): Promise<void> {
    this.#supervised = this.#supervise();
    await this.ready();
  }

  /** SIGKILL, be it at work or only starting; a new one is started at once. False: there is none just now. */
  kill(): boolean {
    const child = this.#child;
    if (child === null) return false;
    this.#killed.add(child);
    return child.kill('SIGKILL');
  }

  /** Resolves when it is at work. @throws with its last words after a minute */
  async ready(): Promise<void> {
    const until = performance.now() + START_PATIENCE_MS;
    while (!this.#atWork) {
      if (performance.now() > until) throw new Error(`the workers do not start: ${this.#lastWords.join('\n')}`);
      await sleep(START_PAUSE_MS);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill('SIGTERM');
    const harder = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_MS);
    await this.#supervised;
    clearTimeout(harder);
  }

  /** What it has logged as bugs since the last time it was asked. */
  takeBugs(): string[] {
    return this.#bugs.splice(0);
  }

  /** The last words of each process that ended although nobody had killed it, since the last time it was asked. */
  takeCrashes(): string[] {
    return this.#crashes.splice(0);
  }

  /** Starts one after the other. Workers that find no database end by themselves before they are at work: that is no crash. */
  async #supervise(): Promise<void> {
    while (!this.#stopping) {
      const child = spawnWorkers(this.#environment);
      this.#child = child;
      this.#lastWords = [];
      createInterface({ input: child.stderr }).on('line', (line) => this.#hear(line));
      await once(child, 'close');
      if (this.#atWork && !this.#stopping && !this.#killed.has(child)) this.#crashes.push(this.#lastWords.join('\n'));
      this.#atWork = false;
      this.#child = null;
      if (!this.#stopping) await sleep(START_PAUSE_MS);
    }
  }

  #hear(line: string): void {
    this.#lastWords = [...this.#lastWords.slice(1 - SHOWN_LINES), line];
    if (levelOf(line) >= ERROR_LEVEL) this.#bugs.push(line);
    if (line.includes('workers are at work')) this.#atWork = true;
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
