import type { Database } from '../db/index.ts';
import type { LaneLimits } from '../lanes/index.ts';
import type { LogFeed } from '../log/index.ts';
import type { Search } from '../search/index.ts';
import { CampaignAnalytics } from './analytics.ts';
import { CampaignMembers } from './campaign-members.ts';
import { CampaignTags } from './campaign-tags.ts';
import { Campaigns } from './campaigns.ts';
import { Coins } from './coin-room.ts';
import { IdeaComments } from './idea-comments.ts';
import { Ideas } from './ideas.ts';
import { CampaignResults } from './results.ts';
import { CampaignStatistics } from './statistics.ts';

/** The rooms of campaigns, as the engine shows them. */
export interface CampaignRooms {
  readonly campaigns: Campaigns;
  readonly campaignMembers: CampaignMembers;
  readonly campaignTags: CampaignTags;
  readonly ideas: Ideas;
  readonly ideaComments: IdeaComments;
  readonly coins: Coins;
  readonly campaignResults: CampaignResults;
  readonly campaignStatistics: CampaignStatistics;
  readonly campaignAnalytics: CampaignAnalytics;
}

export function openCampaigns(
  database: Database,
  feed: LogFeed,
  search: Search,
  laneLimits: Partial<LaneLimits> | undefined,
): CampaignRooms {
  return {
    campaigns: new Campaigns(database, feed),
    campaignMembers: new CampaignMembers(database, feed),
    campaignTags: new CampaignTags(database, feed),
    ideas: new Ideas(database, feed, search),
    ideaComments: new IdeaComments(database, feed),
    coins: new Coins(database, feed, laneLimits),
    campaignResults: new CampaignResults(database),
    campaignStatistics: new CampaignStatistics(database),
    campaignAnalytics: new CampaignAnalytics(database),
  };
}
