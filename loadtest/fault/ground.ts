import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, makeSharedTempFolder, openEmbeddedPostgres } from '../../sql/embedded/index.ts';
import { startOwnServer } from '../server.ts';
import { BesideGateways } from './beside.ts';
import { Chair } from './chair.ts';
import type { Beside } from './plan.ts';
import { startFaultRedis } from './redis.ts';
import { steadyPort } from './server-process.ts';
import { ServerSeat } from './server-seat.ts';
import { startToxiproxy, type Toxiproxy } from './toxiproxy.ts';

/** Members of the organisation, whom workers tell of meetings. */
const MEMBERS = 12;
/** Workers whose jobs lie in the database take 30 each, and those that were killed go on holding theirs for a moment. */
const CONNECTIONS = '250';

/** What the runs share: one PostgreSQL, gateways before it, a proxy on each way, and the key of a moderator. */
export interface Ground {
  readonly gateways: readonly ServerSeat[];
  readonly apiKey: string;
  /** the database itself, past every proxy; holds a password */
  readonly databaseUrl: string;
  /** SIGKILL, and up again at once on the same port. */
  killPostgres(): Promise<void>;
  /** The same of Redis; nothing where there is none. */
  killRedis(): Promise<void>;
  /** SIGKILL; up again in its own time. */
  killOpenSearch(): void;
  /** Those of a gateway, or those beside them. */
  killWorkers(of: number | 'own'): void;
  /** Workers, Redis and OpenSearch: how often they were killed, and how workers' effects are audited. */
  readonly beside: BesideGateways;
  /** Takes every fault back; resolves when everything answers. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts everything on loopback, in a temporary folder.
 * @param queue with a Redis, in which ballots wait that the database cannot take
 * @param beside what else runs, and is killed
 * @throws with what is missing
 */
export async function prepareGround(
  { gateways, queue, beside }: { readonly gateways: number; readonly queue: boolean; readonly beside: Beside },
  say: (line: string) => void,
): Promise<Ground> {
  const folder = await makeSharedTempFolder('psephos-fault-');
  const undo: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    const problems: unknown[] = [];
    for (const step of undo.splice(0).reverse()) await step().catch((error) => problems.push(error));
    if (problems.length > 0) throw problems[0];
  };
  try {
    say(`Starting ${beside.search ? 'OpenSearch, ' : ''}PostgreSQL, toxiproxy and the gateways …`);
    const settings = beside.workers ? { max_connections: CONNECTIONS } : {};
    const postgres = await openEmbeddedPostgres({ dataDir: join(folder, 'data'), port: await steadyPort(), settings });
    undo.push(() => postgres.stop());
    const toxiproxy = await startToxiproxy();
    undo.push(() => toxiproxy.stop());
    const redis = queue || beside.redis ? await startFaultRedis() : null;
    if (redis !== null) undo.push(() => redis.stop());
    const others = await BesideGateways.open(beside, redis);
    undo.push(() => others.stop());
    const more = { ...others.environment, ...(queue ? { BALLOT_FALLBACK: 'queue' } : {}) };
    const seats: ServerSeat[] = [];
    let apiKey: string | null = null;
    for (let number = 1; number <= gateways; number += 1) {
      const { seat, key } = await takeSeat(number, postgres, toxiproxy, more);
      undo.push(() => seat.stop());
      seats.push(seat);
      apiKey ??= key;
    }
    if (apiKey === null) throw new Error('the first start named no API key');
    if (beside.workers) {
      await others.startWorkers(postgres.ownerUrl, folder);
      undo.push(() => others.stopWorkers());
      const urls = seats.map(({ httpUrl }) => httpUrl);
      await new Chair(urls, apiKey).enrol(MEMBERS);
      await others.giveBrowsers();
    }
    return {
      gateways: seats,
      apiKey,
      databaseUrl: postgres.ownerUrl,
      beside: others,
      ...postgresFaults(postgres, seats),
      killRedis: () => others.killRedis(),
      killOpenSearch: () => others.killOpenSearch(),
      killWorkers: (of) => others.killWorkers(of === 'own' ? null : (seats[of] ?? null)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function takeSeat(
  number: number,
  postgres: EmbeddedPostgres,
  toxiproxy: Toxiproxy,
  more: Readonly<Record<string, string>>,
) {
  const name = `psephos-fault-${process.pid}-${number}`;
  const database = await toxiproxy.createProxy(`${name}-database`, `127.0.0.1:${postgres.port}`);
  const url = new URL(postgres.ownerUrl);
  url.port = String(database.port);
  const options = {
    environment: { DATABASE_URL: url.href, LOG_LEVEL: 'error', ...more },
    port: await steadyPort(),
    wsPort: await steadyPort(),
  };
  const server = await startOwnServer(options);
  const clients = await toxiproxy.createProxy(`${name}-clients`, new URL(server.wsUrl).host);
  return { seat: new ServerSeat(server, options, clients, database), key: server.apiKey };
}

function postgresFaults(
  postgres: EmbeddedPostgres,
  seats: readonly ServerSeat[],
): Pick<Ground, 'killPostgres' | 'recover'> {
  let changing: Promise<void> = Promise.resolve();
  return {
    killPostgres() {
      changing = changing.then(async () => {
        await postgres.kill9();
        await postgres.restart();
      });
      return changing;
    },
    async recover() {
      await changing;
      await Promise.all(seats.flatMap(({ clients, database }) => [clients.restore(), database.restore()]));
      await Promise.all(seats.map((seat) => seat.ready()));
    },
  };
}
