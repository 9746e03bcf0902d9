import { resolve } from 'node:path';
import { type CampaignDemoSummary, playCampaign } from '../loadtest/demo/campaign.ts';
import { readElectionFile } from '../loadtest/replay/formats/index.ts';
import type { Screen } from '../loadtest/replay/progress.ts';
import { withCampaignGround } from './campaign-ground.ts';

const FILE = resolve(import.meta.dirname, '../loadtest/elections/czestochowa-2020.pb');
const PEOPLE_DEFAULT = 500;

export interface CampaignDemoFlags {
  readonly httpUrl: string;
  readonly dataDir: string | undefined;
  readonly people: number | undefined;
  readonly durationMs: number;
  readonly seed: number;
  readonly json: boolean;
}

/** Plays a campaign made of Częstochowa's projects and points on the running server. Answers whether it was stopped. */
export async function runCampaignDemo(
  { httpUrl, dataDir, people = PEOPLE_DEFAULT, durationMs, seed, json }: CampaignDemoFlags,
  screen: Screen,
  signal: AbortSignal,
): Promise<boolean> {
  const election = await readElectionFile(FILE);
  if (election.kind !== 'points') throw new Error(`${FILE} has no points`);
  const summary = await withCampaignGround(httpUrl, dataDir, (ground) =>
    playCampaign({ ground, election, people, durationMs, seed, screen, signal }),
  );
  screen.write(`\n${farewell(summary)}\n`);
  if (json) screen.write(`${JSON.stringify(summary)}\n`);
  return summary.stopped;
}

function farewell({
  joined,
  ideas,
  given,
  moved,
  taken_back: back,
  coins,
  winners,
  ...rest
}: CampaignDemoSummary): string {
  const refused = Object.entries(rest.refused).map(([code, times]) => `${code} ${times}`);
  return [
    `${rest.stopped ? 'Stopped' : 'The campaign is over'}: ${joined} people gave ${given} times to ${ideas} ideas, moved coins ${moved} times`,
    `and took them back ${back} times, each acknowledged after it was on disk (half within ${rest.ack_p50_ms} ms, 99 of 100`,
    `within ${rest.ack_p99_ms} ms). ${coins} coins lie on ideas; ledger and purses ${rest.contradictions === 0 ? 'agree' : 'DISAGREE'}.`,
    ...(refused.length === 0 ? [] : [`Refused: ${refused.join(', ')}`]),
    `The budget pays for ${winners.length} ideas: ${winners.slice(0, 5).join('; ')}${winners.length > 5 ? ' …' : ''}`,
    `The same people again: npm run demo -- --campaign --seed ${rest.seed}`,
  ].join('\n');
}
