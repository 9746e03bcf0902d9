import type { PsephosError } from '../../client/index.ts';
import type { NewCampaignBody } from '../../protocol/campaigns.ts';
import { RunCampaign } from '../campaigns/campaign.ts';
import type { CampaignGround, Participant } from '../campaigns/ground.ts';
import { SeededRandom } from '../fault/seeded-random.ts';
import type { CumulativeElection } from '../replay/campaign.ts';
import { grouped, type Screen } from '../replay/progress.ts';
import { CampaignFigures } from './campaign-figures.ts';
import { Clock } from './clock.ts';
import { Giver } from './giver.ts';
import { nameOf } from './names.ts';
import { Stage } from './stage.ts';

/** Of all the time: ideas come in, then people; the rest is giving and taking. */
const IDEAS_SHARE = 0.1;
const DOORS_SHARE = 0.25;
/** Ideas of the file with the most points; more than these nobody would look at. */
const IDEAS_MAX = 40;
/** Of the time that people have, one of them thinks so long at most. */
const THINKING_SHARE = 0.1;
const COINS_EACH = 10;

export interface CampaignDemoOptions {
  readonly ground: CampaignGround;
  /** whose projects and points the campaign is made of */
  readonly election: CumulativeElection;
  readonly people: number;
  readonly durationMs: number;
  readonly seed: number;
  readonly screen: Screen;
  /** ends it early; the campaign is completed as it stands */
  readonly signal: AbortSignal;
}

/** What `--json` prints. */
export interface CampaignDemoSummary {
  readonly campaign_id: string;
  readonly people: number;
  readonly joined: number;
  readonly ideas: number;
  readonly given: number;
  readonly moved: number;
  readonly taken_back: number;
  readonly coins: number;
  /** by error code */
  readonly refused: Readonly<Record<string, number>>;
  readonly ack_p50_ms: number;
  readonly ack_p99_ms: number;
  /** between ledger, purses, allocations and log */
  readonly contradictions: number;
  readonly winners: readonly string[];
  readonly stopped: boolean;
  readonly seed: number;
}

/**
 * Plays a participatory budget against a running server: real projects are proposed one by one, people join in the course of
 * time, and give, move and take back coins as a voter of the file has given points; at the end it is completed.
 * @throws PsephosError where the server refuses the campaign itself
 */
export async function playCampaign(options: CampaignDemoOptions): Promise<CampaignDemoSummary> {
  const { ground, people: wanted, durationMs, seed, signal } = options;
  const over = new AbortController();
  const clock = new Clock(AbortSignal.any([signal, over.signal]));
  const stage = new Stage(options.screen, clock);
  const figures = new CampaignFigures();
  const election = mostWanted(options.election);
  const people = await ground.people(Array.from({ length: wanted }, (_, person) => nameOf(seed, person)));
  const campaign = await RunCampaign.create(ground, settingsOf(election));
  stage.note(addresses(ground.httpUrl, campaign.view.campaign_id));
  const givers: Giver[] = [];
  const ideaOf = new Map<string, string>();
  let timeUp: NodeJS.Timeout | undefined;
  try {
    await campaign.change('active');
    await propose(campaign, election, people, { clock, stage, ideaOf, timeMs: durationMs * IDEAS_SHARE });
    stage.tell(
      `${ideaOf.size} ideas compete for ${grouped(campaign.view.budget ?? 0)}. People come and give their coins.`,
    );
    const place = await campaign.place();
    timeUp = setTimeout(() => over.abort(), durationMs * (1 - IDEAS_SHARE)); // a slow machine gives people no less time
    stage.show(() => figures.line());
    await Promise.all(
      people.map(async (person, at) => {
        const random = new SeededRandom(seed, 'giver', at);
        await clock.pause((random.int(0, 1_000) / 1_000) * durationMs * DOORS_SHARE);
        if (clock.isOver) return;
        const wishes = random.pick(election.ballots).ballot.points;
        const giver = new Giver({
          place,
          campaign,
          person,
          wishes,
          ideaOf,
          random,
          clock,
          figures,
          thinkMaxMs: durationMs * THINKING_SHARE,
        });
        givers.push(giver);
        await giver.takePart();
      }),
    );
  } finally {
    clearTimeout(timeUp);
    over.abort();
    stage.show(null);
    for (const giver of givers) giver.leave();
    await campaign
      .change('completed')
      .catch((error: PsephosError) => stage.note(`It could not be completed: ${error.message}`));
    stage.end();
  }
  return summary(options, campaign, figures, ideaOf.size);
}

/** Its ideas with the most points, and of each voter the points for those. */
function mostWanted(election: CumulativeElection): CumulativeElection {
  const score = (id: string) => election.expected?.get(id)?.score ?? 0;
  const options = [...election.options].sort((a, b) => score(b.id) - score(a.id)).slice(0, IDEAS_MAX);
  const kept = new Set(options.map(({ id }) => id));
  const ballots = election.ballots
    .map((entry) => ({
      ...entry,
      ballot: { points: new Map([...entry.ballot.points].filter(([id]) => kept.has(id))) },
    }))
    .filter(({ ballot }) => ballot.points.size > 0);
  return { ...election, options, ballots };
}

function settingsOf({ title, budget }: CumulativeElection): NewCampaignBody {
  return {
    title: `Demo: ${title}`,
    description: 'Real projects and points of a participatory budget; the people are simulated.',
    campaign_type: 'open',
    ...(budget === undefined ? {} : { preset: 'budget', budget: budget.total, budget_rule: 'equal_shares_add1' }),
    coin_policy: { initial_allocation: COINS_EACH },
  };
}

interface Proposing {
  readonly clock: Clock;
  readonly stage: Stage;
  readonly ideaOf: Map<string, string>;
  readonly timeMs: number;
}

async function propose(
  campaign: RunCampaign,
  { options, budget }: CumulativeElection,
  people: readonly Participant[],
  { clock, stage, ideaOf, timeMs }: Proposing,
): Promise<void> {
  for (const [at, { id, title }] of options.entries()) {
    if (clock.isOver) return;
    const submitter = people[at % people.length] as Participant;
    await campaign.join(submitter);
    ideaOf.set(id, await campaign.addIdea({ title, cost: budget?.costs.get(id) ?? null }, submitter));
    stage.tell(`${submitter.name} proposes: ${title}`);
    await clock.pause(timeMs / options.length);
  }
}

async function summary(
  { ground, people, seed, signal }: CampaignDemoOptions,
  campaign: RunCampaign,
  figures: CampaignFigures,
  ideas: number,
): Promise<CampaignDemoSummary> {
  const result = await campaign.result();
  return {
    ...{ campaign_id: campaign.view.campaign_id, people, joined: figures.joined, ideas },
    ...{ given: figures.given, moved: figures.moved, taken_back: figures.takenBack },
    coins: result.ideas.reduce((sum, { coins }) => sum + coins, 0),
    refused: Object.fromEntries(figures.refusals),
    ack_p50_ms: figures.latencyMs(0.5),
    ack_p99_ms: figures.latencyMs(0.99),
    contradictions: await ground.audit(campaign.id),
    winners: result.ideas.filter(({ wins }) => wins).map(({ title }) => title),
    ...{ stopped: signal.aborted, seed },
  };
}

function addresses(httpUrl: string, campaign: string): string {
  return [
    'Open these pages and watch:',
    `  Campaign  ${httpUrl}/campaigns/${campaign}`,
    `  Board     ${httpUrl}/campaigns/${campaign}/board   (for the wall)`,
    `  Manage    ${httpUrl}/moderate/campaigns/${campaign}`,
    '',
  ].join('\n');
}
