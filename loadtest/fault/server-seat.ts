import { setTimeout as sleep } from 'node:timers/promises';
import { type OwnServer, type OwnServerOptions, startOwnServer } from '../server.ts';
import { childOf } from './server-process.ts';
import type { FaultyProxy } from './toxiproxy.ts';

const START_PATIENCE_MS = 60_000;
const START_PAUSE_MS = 50;
/** of a gateway's last words */
const SHOWN_CHARACTERS = 2_000;
/** pino's number for errors: what it logs from here on is a bug, never a lost database */
export const ERROR_LEVEL = 50;

/** One gateway that comes back on the same ports however often it is killed, as under a supervisor. */
export class ServerSeat {
  /** between its clients' sockets and the gateway */
  readonly clients: CalmProxy;
  /** between the gateway and PostgreSQL */
  readonly database: CalmProxy;
  readonly httpUrl: string;
  readonly #options: OwnServerOptions;
  #server: OwnServer | null = null;
  readonly #crashes: string[] = [];
  #linesRead = 0;
  #changing: Promise<void> = Promise.resolve();
  readonly #bugs: string[] = [];

  /** @param options with fixed ports */
  constructor(server: OwnServer, options: OwnServerOptions, clients: FaultyProxy, database: FaultyProxy) {
    this.#take(server);
    this.httpUrl = server.httpUrl;
    this.#options = options;
    this.clients = new CalmProxy(clients);
    this.database = new CalmProxy(database);
  }

  get socketUrl(): string {
    return `ws://127.0.0.1:${this.clients.port}`;
  }

  /** SIGKILL, and a new process at once. Resolves when that one takes requests. */
  kill(): Promise<void> {
    return this.#change(async () => {
      await this.#leave('SIGKILL');
      this.#take(await this.#start());
    });
  }

  /** SIGKILL to its workers alone, which it starts again by itself. False: they are not there just now. */
  killWorkers(): boolean {
    const pid = this.#server === null ? undefined : childOf(this.#server.pid, 'workers.ts');
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    return pid !== undefined;
  }

  /** Resolves once the gateway runs and says that it can reach its database. @throws after a minute */
  async ready(): Promise<void> {
    const until = performance.now() + START_PATIENCE_MS;
    for (;;) {
      await this.#changing;
      const answer = await fetch(`${this.httpUrl}/ready`).catch(() => null);
      await answer?.arrayBuffer();
      if (answer?.ok) return;
      if (performance.now() > until) {
        const last = this.#server?.log().slice(-SHOWN_CHARACTERS) ?? 'no process';
        throw new Error(`the gateway at ${this.httpUrl} does not get ready again (${answer?.status}): ${last}`);
      }
      await sleep(START_PAUSE_MS);
    }
  }

  stop(): Promise<void> {
    return this.#change(() => this.#leave('SIGTERM'));
  }

  /** What it has logged as bugs since the last time it was asked. */
  takeBugs(): string[] {
    this.#readLog(this.#server);
    return this.#bugs.splice(0);
  }

  /** The last words of each process that ended although nobody had killed it, since the last time it was asked. */
  takeCrashes(): string[] {
    return this.#crashes.splice(0);
  }

  /** A process that ends by itself is a crash; it is started again, so that the campaign can go on. */
  #take(server: OwnServer): void {
    this.#server = server;
    void server.exited.then(() => {
      if (this.#server !== server) return;
      this.#crashes.push(server.log().trim().slice(-SHOWN_CHARACTERS));
      this.kill().catch(() => {}); // ready() tells that it does not come back
    });
  }

  #readLog(server: OwnServer | null): void {
    const lines = server?.log().trimEnd().split('\n') ?? [];
    for (const line of lines.slice(this.#linesRead)) if (levelOf(line) >= ERROR_LEVEL) this.#bugs.push(line);
    this.#linesRead = lines.length;
  }

  async #leave(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    this.#server = null; // its end is wanted from here on
    server?.kill(signal);
    await server?.exited;
    this.#readLog(server);
    this.#linesRead = 0;
    await server?.stop(); // takes its folder away
  }

  /** A gateway that finds no database ends by itself: whoever supervises it starts it again. */
  async #start(): Promise<OwnServer> {
    const until = performance.now() + START_PATIENCE_MS;
    for (;;) {
      try {
        return await startOwnServer(this.#options);
      } catch (error) {
        if (performance.now() > until) throw error;
        await sleep(START_PAUSE_MS);
      }
    }
  }

  #change(work: () => Promise<void>): Promise<void> {
    this.#changing = this.#changing.then(work, work); // what failed before was told to whoever asked for it
    return this.#changing;
  }
}

/** A proxy whose faults are taken one after the other: toxiproxy's own requests must not overtake each other. */
export class CalmProxy {
  readonly port: number;
  readonly #proxy: FaultyProxy;
  #changing: Promise<void> = Promise.resolve();

  constructor(proxy: FaultyProxy) {
    this.#proxy = proxy;
    this.port = proxy.port;
  }

  cut(): Promise<void> {
    return this.#change(() => this.#proxy.cut());
  }

  halfOpen(): Promise<void> {
    return this.#change(() => this.#proxy.halfOpen());
  }

  restore(): Promise<void> {
    return this.#change(() => this.#proxy.restore());
  }

  #change(work: () => Promise<void>): Promise<void> {
    this.#changing = this.#changing.then(work);
    return this.#changing;
  }
}

export function levelOf(line: string): number {
  if (!line.startsWith('{')) return 0;
  try {
    return Number((JSON.parse(line) as { level?: unknown }).level);
  } catch {
    return 0; // a line that was cut by the kill
  }
}
