import { limits } from '../limits.ts';
import type { Failure } from '../outcome.ts';
import type { CoinAct } from './coin.ts';
import { NO_SUCH_CAMPAIGN } from './transactions.ts';

/** What urn.allocate_coins refuses, whoever asks. */
const REFUSALS: Readonly<Record<string, Failure>> = {
  '3': {
    kind: 'forbidden',
    message: 'You have no purse in this campaign. Join it first.',
    details: { reason: 'not_joined', role: 'member' },
  },
  '4': {
    kind: 'conflict',
    message: 'This request_id names another act already. Use a new one for a new act.',
    details: { reason: 'request_reused' },
  },
  '5': { kind: 'campaign_not_started', message: 'This campaign has not started yet.', details: { status: 'draft' } },
  '7': { kind: 'campaign_ended', message: 'This campaign has ended. No coin was moved.' },
  '9': { kind: 'campaign_unknown', message: NO_SUCH_CAMPAIGN, details: { resource: 'campaign' } },
  c: {
    kind: 'coins_fixed',
    message: 'In this campaign coins cannot be moved from one idea to another.',
    details: { reason: 'reallocation' },
  },
  d: {
    kind: 'coins_fixed',
    message: 'In this campaign coins stay on the idea that they were given to.',
    details: { reason: 'recycling' },
  },
  e: { kind: 'idea_unknown', message: 'There is no such idea in this campaign.', details: { resource: 'idea' } },
  f: { kind: 'idea_not_competing', message: 'This idea takes no coins: it does not compete (yet).' },
  g: { kind: 'idea_accepted', message: 'This idea was accepted already and takes no more coins.' },
  h: { kind: 'coins_expended', message: 'These coins are expended: their idea was accepted.' },
  i: { kind: 'idea_unknown', message: 'There is no such idea in this campaign.', details: { resource: 'idea' } },
  x: { kind: 'coins_expired', message: 'The coins of this campaign have expired.' },
  q: {
    kind: 'over_quota',
    message: "Your organisation's quota of allocations for this month is used up. No coin was moved.",
    details: { metric: 'allocations' },
  },
};

/** Two votes for the same idea cost four coins: the amounts next to `coins` that are squares. */
function squaresAround(coins: number): readonly number[] {
  const votes = Math.floor(Math.sqrt(coins));
  return [votes ** 2, (votes + 1) ** 2];
}

/**
 * The refusal that an answer of urn.allocate_coins means; undefined where it knows no such answer.
 * @param purse what the answer says of the purse, where it does
 */
export function refusalOfAnswer(
  code: string,
  act: CoinAct,
  purse: { readonly available: number; readonly onFrom: number },
): Failure | undefined {
  switch (code) {
    case '2':
      return {
        kind: 'purse_busy',
        message: 'Another request is using this purse at this very moment. Send the same request again.',
        retryAfterMs: Math.round(
          limits.busyRetryMinMs + Math.random() * (limits.busyRetryMaxMs - limits.busyRetryMinMs),
        ),
      };
    case 'a':
      return {
        kind: 'coins_short',
        message: `You have ${purse.available} coins to give. Give at most that many.`,
        details: { available: purse.available },
      };
    case 'b':
      return {
        kind: 'coins_short',
        message: `You have ${purse.onFrom} coins on that idea. Take at most that many.`,
        details: { available: purse.onFrom },
      };
    case 'k':
      return {
        kind: 'votes_broken',
        message: 'In this campaign k votes cost k × k coins. Choose an amount that makes whole votes.',
        details: { squares: squaresAround(act.from === null ? act.amount : purse.onFrom) },
      };
    default:
      return REFUSALS[code];
  }
}
