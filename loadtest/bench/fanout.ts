import type { Audit } from './audit.ts';
import { openPoll } from './poll.ts';
import { rounded } from './quantiles.ts';
import type { Sizes } from './sizes.ts';
import { Caster, startGatewayOn, startLoad } from './sockets/measure.ts';
import type { Stage } from './stage.ts';

export interface Fanout {
  readonly subscribers: number;
  readonly ballots_per_s: number;
  readonly messages_per_s: number;
  readonly age_p50_ms: number;
  readonly age_p99_ms: number;
}

const CASTING_SOCKETS = 100;

/**
 * Age of the tally at each subscriber: when a message came, less when the newest batch that it counts was committed, as
 * the message says. Casters, subscribers, gateway and database share the clock and the cores.
 */
export async function measureFanout(stage: Stage, audit: Audit, sizes: Sizes): Promise<Fanout> {
  const { subscribers, openLoopPerSecond: perSecond, fanoutSeconds } = sizes;
  const { server, apiKey } = await startGatewayOn(stage);
  const [casting, watching] = [startLoad(stage), startLoad(stage)];
  try {
    const poll = await openPoll(stage, perSecond * fanoutSeconds);
    await casting.order({ do: 'connect', wsUrl: server.wsUrl, apiKey, sockets: CASTING_SOCKETS });
    await watching.order({ do: 'connect', wsUrl: server.wsUrl, apiKey, sockets: subscribers });
    const caster = new Caster(stage, audit, casting);
    await caster.prepare(poll, 0, poll.voters);
    await watching.order({ do: 'watch', electionId: poll.electionId });
    const report = await caster.cast({ do: 'open loop', perSecond });
    const { messages, p50Ms, p99Ms } = await watching.order({ do: 'watched' });
    await caster.check(poll, [report]);
    const seconds = report.elapsedMs / 1_000;
    const fanout = {
      subscribers,
      ballots_per_s: Math.round(report.accepted / seconds),
      messages_per_s: Math.round(messages / seconds),
      age_p50_ms: rounded(p50Ms),
      age_p99_ms: rounded(p99Ms),
    };
    stage.say(
      `${subscribers} subscribers, ${fanout.messages_per_s} messages/s under ${fanout.ballots_per_s} ballots/s ` +
        `(their p99 ${rounded(report.p99Ms)} ms): age p50 ${fanout.age_p50_ms} ms, p99 ${fanout.age_p99_ms} ms`,
    );
    return fanout;
  } finally {
    await casting.close();
    await watching.close();
    await server.stop();
  }
}
