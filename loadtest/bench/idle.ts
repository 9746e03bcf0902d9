import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { rounded } from './quantiles.ts';
import type { Sizes } from './sizes.ts';
import { startGatewayOn, startLoad } from './sockets/measure.ts';
import type { Stage } from './stage.ts';

export interface Idle {
  readonly sockets: number;
  readonly kb_per_socket: number;
}

const SAMPLES = 8;

/**
 * Growth of the gateway's resident memory for each idle socket that has said hello. A tenth of them comes and goes
 * before, so that what any gateway holds after its first hellos is not taken for sockets.
 */
export async function measureIdle(stage: Stage, { idleSockets, idleSettleMs }: Sizes): Promise<Idle> {
  const { server, apiKey } = await startGatewayOn(stage);
  const load = startLoad(stage);
  try {
    const connect = (sockets: number) => load.order({ do: 'connect', wsUrl: server.wsUrl, apiKey, sockets });
    await connect(Math.ceil(idleSockets / 10));
    await load.order({ do: 'disconnect' });
    const before = await settledMemoryKb(server.pid, idleSettleMs);
    await connect(idleSockets);
    const after = await settledMemoryKb(server.pid, idleSettleMs);
    const kb_per_socket = rounded((after - before) / idleSockets);
    stage.say(`${idleSockets} idle sockets: ${before} KB before, ${after} KB after, ${kb_per_socket} KB each`);
    return { sockets: idleSockets, kb_per_socket };
  } finally {
    await load.close();
    await server.stop();
  }
}

/** The least that the process held over the last half of the settling. */
async function settledMemoryKb(pid: number, settleMs: number): Promise<number> {
  await sleep(settleMs / 2);
  let least = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    await sleep(settleMs / 2 / SAMPLES);
    least = Math.min(least, memoryKb(pid));
  }
  return least;
}

function memoryKb(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (found === null) throw new Error('this system does not tell how much memory a process holds');
  return Number(found[1]);
}
