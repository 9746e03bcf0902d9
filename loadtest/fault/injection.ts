import { setTimeout as sleep } from 'node:timers/promises';
import type { Ground } from './ground.ts';
import type { Fault } from './plan.ts';
import type { RunClient } from './run-client.ts';
import type { ServerSeat } from './server-seat.ts';

/** Starts the clock of the faults. over() resolves when each has been done and what was killed runs again. */
export function startFaults(
  ground: Ground,
  faults: readonly Fault[],
  clients: readonly RunClient[],
): { over(): Promise<void> } {
  const done = Promise.all(faults.map((fault) => inject(ground, fault, clients)));
  done.catch(() => {}); // over() tells of it
  return { over: async () => void (await done) };
}

async function inject(ground: Ground, fault: Fault, clients: readonly RunClient[]): Promise<void> {
  await sleep(fault.atMs);
  switch (fault.kind) {
    case 'kill_gateway':
      return ground.gateways[fault.gateway]?.kill();
    case 'kill_postgres':
      return ground.killPostgres();
    case 'kill_redis':
      return ground.killRedis();
    case 'kill_opensearch':
      return ground.killOpenSearch();
    case 'kill_workers':
      return ground.killWorkers(fault.of);
    case 'reconnect':
      clients[fault.socket]?.drop();
      return;
    case 'cut':
    case 'half_open': {
      const seat = ground.gateways[fault.gateway] as ServerSeat;
      const proxy = fault.place === 'clients' ? seat.clients : seat.database;
      await (fault.kind === 'cut' ? proxy.cut() : proxy.halfOpen());
      await sleep(fault.forMs);
      return proxy.restore();
    }
  }
}
