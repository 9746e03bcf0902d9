import { setTimeout as sleep } from 'node:timers/promises';
import { Chair } from './chair.ts';
import { textOfBallot } from './contests.ts';
import type { CastRecord, Evidence } from './evidence.ts';
import type { Ground } from './ground.ts';
import { startFaults } from './injection.ts';
import type { PlannedCast, PlannedVoter, RunPlan } from './plan.ts';
import { RunClient } from './run-client.ts';

const VOTE_DEADLINE_MS = 3_000;
/** After everything is back. The breaker stays open for 2 s after the last failure. */
const CERTAINTY_MS = 20_000;
const CERTAINTY_PAUSE_MS = 50;
const END_MS = 10_000;
const POLL_MS = 20;

/** One run from the first request to the last: everything that was asked and told. Faults are over when it ends. */
export async function carryOut(ground: Ground, plan: RunPlan): Promise<Evidence> {
  const chair = new Chair(httpUrlsOf(ground), ground.apiKey, plan.closeThrough);
  const { method, options } = plan.contest;
  const electionId = await chair.open(
    {
      title: `Fault run ${plan.run}`,
      method,
      ...(method.method === 'motion' ? {} : { options: options.map((id) => ({ id, title: id })) }),
      secrecy: plan.secrecy,
    },
    plan.voters.map(({ credential, weight }) => ({ hash: credential, weight })),
  );
  const clients = await connectAll(ground, plan);
  try {
    const watchers = await watchAll(clients.watchers, electionId);
    const { casts, close } = await vote(ground, plan, electionId, clients.voters, chair);
    await chair.publish(electionId);
    await untilAllHaveSeenTheEnd(watchers);
    return {
      electionId,
      contest: plan.contest,
      secrecy: plan.secrecy,
      voters: plan.voters,
      casts,
      close,
      watchers: watchers.map(({ topic, messages, gaps }) => ({ topic, messages: [...messages], gaps })),
      ...(await chair.read(electionId)),
    };
  } finally {
    for (const client of [...clients.voters, ...clients.watchers]) client.close();
  }
}

function httpUrlsOf({ gateways }: Ground): string[] {
  return gateways.map(({ httpUrl }) => httpUrl);
}

async function connectAll({ gateways, apiKey }: Ground, { sockets, watchers }: RunPlan) {
  const socketUrls = gateways.map(({ socketUrl }) => socketUrl);
  const connect = (home: number, mayUseHttp: boolean) => {
    const http = mayUseHttp ? { httpUrl: gateways[home]?.httpUrl as string } : {};
    return RunClient.connect({ socketUrls, home, apiKey, ...http });
  };
  return {
    voters: await Promise.all(sockets.map((home, i) => connect(home, i % 2 === 0))),
    watchers: await Promise.all(watchers.map((home) => connect(home, false))),
  };
}

async function watchAll(clients: readonly RunClient[], electionId: string) {
  const topics = [`tally:${electionId}`, `election:${electionId}`];
  return Promise.all(clients.flatMap((client) => topics.map((topic) => client.watch(topic))));
}

/** The votes, the faults and perhaps the close at once; then, with all faults over, until every answer is certain. */
async function vote(ground: Ground, plan: RunPlan, electionId: string, clients: readonly RunClient[], chair: Chair) {
  const startMs = performance.now();
  const casts: CastRecord[] = [];
  const faults = startFaults(ground, plan.faults, clients);
  const closing = plan.closeAtMs === null ? null : sleep(plan.closeAtMs).then(() => chair.close(electionId));
  const inviting = plan.inviteAtMs === null ? null : sleep(plan.inviteAtMs).then(() => chair.invite(`Run ${plan.run}`));
  for (const awaitedBelow of [closing, inviting]) awaitedBelow?.catch(() => {});
  await Promise.all(
    plan.casts.map(async (cast) => {
      await sleep(Math.max(0, startMs + cast.atMs - performance.now()));
      const client = clients[cast.socket] as RunClient;
      casts.push(await client.cast(electionId, cast, plan.voters[cast.voter] as PlannedVoter, VOTE_DEADLINE_MS));
    }),
  );
  await faults.over();
  await ground.recover();
  const raced = await closing;
  await inviting;
  casts.push(...(await askUntilCertain(plan, electionId, clients)));
  return { casts, close: raced ?? (await chair.close(electionId)) };
}

/** Repeats every cast with its own key until the answer is final, as a voter does who wants to know. */
async function askUntilCertain(
  plan: RunPlan,
  electionId: string,
  clients: readonly RunClient[],
): Promise<CastRecord[]> {
  const records: CastRecord[] = [];
  const untilMs = performance.now() + CERTAINTY_MS;
  const once = Map.groupBy(plan.casts, (cast) => `${cast.voter} ${cast.castKey} ${textOfBallot(cast.ballot)}`);
  const ask = async (cast: PlannedCast) => {
    const client = clients[(cast.socket + 1) % clients.length] as RunClient;
    for (;;) {
      const voter = plan.voters[cast.voter] as PlannedVoter;
      const record = await client.cast(electionId, cast, voter, untilMs - performance.now());
      records.push(record);
      if (isCertain(record.told) || performance.now() > untilMs) return;
      await sleep(CERTAINTY_PAUSE_MS);
    }
  };
  await Promise.all([...once.values()].map(([cast]) => ask(cast as PlannedCast)));
  return records;
}

/** False where the voter has to ask again to know. */
export function isCertain(told: CastRecord['told']): boolean {
  if (told.kind !== 'refused') return told.kind === 'accepted';
  return told.code !== 'BALLOT_001' && !told.code.startsWith('LOAD_');
}

/** Waits for what is on its way to the watchers; the auditor judges whether it came. */
async function untilAllHaveSeenTheEnd(watchers: Awaited<ReturnType<typeof watchAll>>): Promise<void> {
  const untilMs = performance.now() + END_MS;
  const sawTheEnd = ({ topic, messages }: (typeof watchers)[number]) => {
    const last = JSON.stringify(messages.at(-1)?.data ?? null);
    return last.includes(topic.startsWith('tally:') ? '"final":true' : '"state":"published"');
  };
  while (!watchers.every(sawTheEnd) && performance.now() < untilMs) await sleep(POLL_MS);
}
