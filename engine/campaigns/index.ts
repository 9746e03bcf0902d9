export { hidesTotals } from './analytics.ts';
export type { AnalyticsFigures } from './analytics-figures.ts';
export type { BoardFigures } from './board.ts';
export type {
  CampaignChange,
  CampaignMember,
  CampaignSeen,
  CampaignShown,
  CampaignTag,
  CampaignViewer,
} from './campaign.ts';
export type { BoardRow, CoinAct, CoinBalance, CoinReceipt, LedgerEntry, LedgerLeg } from './coin.ts';
export type {
  EmbeddedIdeas,
  Idea,
  IdeaComment,
  IdeaDecision,
  IdeaQuery,
  IdeaSeen,
} from './idea.ts';
export type { CampaignResult } from './result.ts';
export { type CampaignRooms, openCampaigns } from './rooms.ts';
