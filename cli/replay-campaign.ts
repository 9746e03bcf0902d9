import { type CampaignReplayOptions, type CumulativeElection, replayAsCampaign } from '../loadtest/replay/campaign.ts';
import {
  type CampaignFindings,
  campaignProblems,
  campaignText,
  summariseCampaign,
} from '../loadtest/replay/campaign-report.ts';
import type { ParsedElection } from '../loadtest/replay/formats/index.ts';
import { startOwnServer } from '../loadtest/server.ts';
import { BUDGET_RULES } from '../protocol/campaigns.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { withCampaignGround } from './campaign-ground.ts';

/** Below the 50 requests that a gateway takes in at one moment: everybody asks for a ticket first. */
const SOCKETS_DEFAULT = 40;
const RULE_DEFAULT = 'equal_shares_add1';

export interface CampaignReplayFlags {
  readonly sockets: number | undefined;
  readonly rule: string | undefined;
  readonly url: string | undefined;
  readonly dataDir: string | undefined;
  readonly json: boolean;
}

/**
 * Replays a file as a campaign, on the server at `url` whose data lies on this machine, or on one of our own.
 * @returns the exit code
 */
export async function runCampaignReplay(
  parsed: ParsedElection,
  flags: CampaignReplayFlags,
  running: Pick<CampaignReplayOptions, 'screen' | 'signal'>,
): Promise<number> {
  const options = { ...running, sockets: flags.sockets ?? SOCKETS_DEFAULT, rule: ruleOf(flags.rule) };
  const { screen } = running;
  const election = cumulative(parsed); // what is wrong with the file is told before anything is started
  const findings = await onServer(flags, screen, (httpUrl, dataDir) =>
    withCampaignGround(httpUrl, dataDir, (ground) => replayAsCampaign(election, ground, options)),
  );
  screen.write(campaignText(findings));
  if (flags.json) screen.write(`${JSON.stringify(summariseCampaign(findings))}\n`);
  return campaignProblems(findings).length === 0 ? 0 : 1;
}

async function onServer(
  { url, dataDir }: CampaignReplayFlags,
  screen: CampaignReplayOptions['screen'],
  work: (httpUrl: string, dataDir: string | undefined) => Promise<CampaignFindings>,
): Promise<CampaignFindings> {
  if (url !== undefined) return work(url, dataDir);
  screen.write('Starting a server in a temporary folder …\n');
  const own = await startOwnServer();
  try {
    return await work(own.httpUrl, own.dataDir ?? undefined);
  } finally {
    await own.stop();
  }
}

/** Points that are given like coins. */
function cumulative(parsed: ParsedElection): CumulativeElection {
  if (parsed.kind === 'points') return parsed;
  throw new StartProblem(
    `${parsed.source.file}: --as campaign needs votes that distribute points (Pabulib, vote_type cumulative), and these are ${parsed.kind}.`,
  );
}

function ruleOf(text: string | undefined): CampaignReplayOptions['rule'] {
  const rule = BUDGET_RULES.find((name) => name === (text ?? RULE_DEFAULT));
  if (rule !== undefined) return rule;
  throw new StartProblem(`--rule ${text}: not one of ${BUDGET_RULES.join(', ')}`);
}
