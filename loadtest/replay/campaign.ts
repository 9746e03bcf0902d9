import type { NewCampaignBody } from '../../protocol/campaigns.ts';
import { type IdeaPlan, RunCampaign } from '../campaigns/campaign.ts';
import type { CampaignGround, Participant } from '../campaigns/ground.ts';
import { type Place, Purse } from '../campaigns/purse.ts';
import { type CampaignFindings, differencesOf } from './campaign-report.ts';
import type { ParsedElection } from './formats/index.ts';
import { patiently } from './patience.ts';
import { grouped, Progress, type Screen } from './progress.ts';
import { watchBoard } from './watch-board.ts';

export type CumulativeElection = Extract<ParsedElection, { kind: 'points' }>;

export interface CampaignReplayOptions {
  /** people who are connected and give at one moment, each over a socket of their own */
  readonly sockets: number;
  /** how the file's budget is spent; without a budget there is a ranking */
  readonly rule: NonNullable<NewCampaignBody['budget_rule']>;
  readonly screen: Screen;
  /** ends the replay early; the campaign is then completed as it stands */
  readonly signal: AbortSignal;
}

/** The last board is at most a tenth of a second old; a busy machine takes its time. */
const FINAL_BOARD_MS = 30_000;

/**
 * Holds the file's vote as a campaign: its projects are ideas with costs, its voters join, and each of them gives the file's
 * points as coins through a socket of their own, while a subscriber watches the board.
 * @throws PsephosError, or what `signal` was aborted with; the campaign is completed in any case
 */
export async function replayAsCampaign(
  parsed: CumulativeElection,
  ground: CampaignGround,
  options: CampaignReplayOptions,
): Promise<CampaignFindings> {
  const say = (line: string) => options.screen.write(`${line}\n`);
  const voters = parsed.ballots.flatMap(({ ballot, count }) => Array.from({ length: count }, () => ballot.points));
  const people = await ground.people(voters.map((_, at) => `Voter ${at + 1}`));
  const campaign = await RunCampaign.create(ground, settingsOf(parsed, options.rule));
  await ground.join(campaign.id, people);
  await campaign.change('active');
  say(
    `Active: campaign ${campaign.view.campaign_id}, ${grouped(people.length)} people have ${parsed.limits.total} coins each.`,
  );
  const ideaOf = new Map<string, string>();
  try {
    for (const { option, plan } of plansOf(parsed)) {
      options.signal.throwIfAborted();
      ideaOf.set(option, await campaign.addIdea(plan, people[0] as Participant));
    }
    say(`${grouped(ideaOf.size)} ideas compete. Everybody gives.`);
    const watch = await watchBoard(ground, campaign.id);
    try {
      const acts = voters.flatMap((points, at) => ({
        person: people[at] as Participant,
        gifts: giftsOf(points, ideaOf),
      }));
      const giving = await giveAll(await campaign.place(), acts, options);
      const board = await campaign.board();
      await watch.reaches(board.total_coins ?? 0, FINAL_BOARD_MS);
      await campaign.change('completed');
      const result = await patiently(() => campaign.result());
      return {
        file: parsed.source.file,
        campaign: campaign.view.campaign_id,
        people: people.length,
        giving,
        differences: differencesOf(parsed, voters, board, ideaOf),
        watcherProblem: watch.problem(board),
        contradictions: await ground.audit(campaign.id),
        result,
      };
    } finally {
      watch.stop();
    }
  } catch (error) {
    await campaign.change('completed').catch(() => {}); // the server may be gone as well
    throw error;
  }
}

function settingsOf(parsed: CumulativeElection, rule: CampaignReplayOptions['rule']): NewCampaignBody {
  const { title, source, budget, limits } = parsed;
  return {
    title: title.trim() || source.file,
    campaign_type: 'closed',
    ...(budget === undefined ? {} : { preset: 'budget', budget: budget.total, budget_rule: rule }),
    coin_policy: { initial_allocation: limits.total },
  };
}

function plansOf({ options, budget }: CumulativeElection): { readonly option: string; readonly plan: IdeaPlan }[] {
  return options.map(({ id, title }) => ({ option: id, plan: { title, cost: budget?.costs.get(id) ?? null } }));
}

interface Gift {
  readonly to: string;
  readonly amount: number;
}

function giftsOf(points: ReadonlyMap<string, number>, ideaOf: ReadonlyMap<string, string>): Gift[] {
  return [...points].map(([option, amount]) => ({ to: ideaOf.get(option) as string, amount }));
}

/** Everybody connects, gives, and leaves; so many at a time. Fails as a whole where one of them cannot give. */
async function giveAll(
  place: Place,
  acts: readonly { readonly person: Participant; readonly gifts: readonly Gift[] }[],
  { sockets, screen, signal }: CampaignReplayOptions,
): Promise<CampaignFindings['giving']> {
  const latenciesMs: number[] = [];
  const total = acts.reduce((sum, { gifts }) => sum + gifts.length, 0);
  const progress = new Progress(screen, total, 'gifts acknowledged');
  const startedAtMs = performance.now();
  const failed = new AbortController();
  const over = AbortSignal.any([signal, failed.signal]);
  const waiting = acts.filter(({ gifts }) => gifts.length > 0).values();
  const line = async () => {
    for (const { person, gifts } of waiting) {
      if (over.aborted) return;
      const purse = await patiently(() => Purse.open(place, person));
      try {
        for (const gift of gifts) {
          latenciesMs.push(await purse.move(gift));
          progress.step();
        }
      } finally {
        purse.close();
      }
    }
  };
  try {
    const lines = Array.from({ length: sockets }, () => line().catch((error: unknown) => failed.abort(error)));
    await Promise.all(lines);
  } finally {
    progress.end();
  }
  over.throwIfAborted();
  return { gifts: total, acknowledged: latenciesMs.length, elapsedMs: performance.now() - startedAtMs, latenciesMs };
}
