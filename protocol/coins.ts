import { z } from 'zod';
import { pageOf } from './page.ts';
import { id, moment } from './text.ts';

/** More coins than any purse holds: what is beyond it is a slip of the keyboard. */
const COINS_MAX = 1_000_000_000;

/** Any number passes here, so that zero, a minus and a fraction are refused with a code of their own; see COIN_003 to COIN_005. */
const amount = z.number().min(-COINS_MAX).max(COINS_MAX).meta({ description: 'Whole coins, 1 or more.', example: 5 });

const requestId = id.optional().meta({
  description:
    'A random id of your own for this act, repeated whenever you send it again: it is done once. Left out, each request is an act of its own.',
});

const ideaId = id.meta({ description: 'The idea.' });

export const allocation = z
  .strictObject({ idea_id: ideaId, amount, request_id: requestId })
  .meta({ id: 'CoinAllocationRequest', example: { idea_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21', amount: 5 } });

export const reallocation = z
  .strictObject({
    from_idea_id: id.meta({ description: 'The idea that they lie on.' }),
    to_idea_id: id.meta({ description: 'The idea that they go to.' }),
    amount,
    request_id: requestId,
  })
  .refine(({ from_idea_id: from, to_idea_id: to }) => from !== to, {
    path: ['to_idea_id'],
    message: 'is the idea that they lie on already',
  })
  .meta({
    id: 'CoinReallocationRequest',
    example: {
      from_idea_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21',
      to_idea_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a22',
      amount: 3,
    },
  });

export const withdrawal = z
  .strictObject({ idea_id: ideaId, amount, request_id: requestId })
  .meta({ id: 'CoinWithdrawalRequest', example: { idea_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21', amount: 2 } });

const coins = z.int().nonnegative();

const figures = {
  available_coins: coins.meta({ description: 'Coins to give.' }),
  allocated_coins: coins.meta({ description: 'Coins on ideas that are still open.' }),
  expended_coins: coins.meta({ description: 'Coins on ideas that were accepted.' }),
};

const placed = z.strictObject({ idea_id: id, amount: coins.meta({ description: 'Your coins on it now.' }) });

/** What an act has left behind, as it was when the act was done. */
export const allocationReceipt = z
  .strictObject({
    request_id: id,
    ...figures,
    allocations: z.array(placed).max(2).meta({ description: 'The ideas that it touched.' }),
  })
  .meta({
    id: 'CoinAllocationReceipt',
    description: 'The act is done, on disk. Answered to a repetition with the figures of now.',
    example: {
      request_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a99',
      available_coins: 95,
      allocated_coins: 5,
      expended_coins: 0,
      allocations: [{ idea_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21', amount: 5 }],
    },
  });
export type AllocationReceiptView = z.infer<typeof allocationReceipt>;

export const coinBalance = z
  .strictObject({
    ...figures,
    expired_coins: coins.meta({ description: 'Coins that ended unused.' }),
    updated_at: moment,
    allocations: z.array(placed.extend({ is_expended: z.boolean(), allocated_at: moment })),
  })
  .meta({ id: 'CoinBalance', description: 'The own purse in one campaign, and where its coins lie.' });
export type CoinBalanceView = z.infer<typeof coinBalance>;

/** Coins by idea, exact to a position of the log. */
const boardIdea = z.strictObject({
  idea_id: id,
  coins,
  givers: coins.meta({ description: 'How many have coins on it.' }),
  votes: coins.meta({
    description:
      'The votes that these coins buy where k votes cost k × k of them: what a quadratic campaign counts. Elsewhere coins count.',
  }),
});

export const coinBoard = z
  .strictObject({
    campaign_id: id.meta({ description: "The campaign's id." }),
    pos: z.int().nonnegative().meta({ description: 'Log position that it is exact to.' }),
    at: moment.meta({ description: 'When it was read.' }),
    hidden: z
      .boolean()
      .meta({ description: 'Totals are shown once the campaign is completed; ideas are empty until then.' }),
    total_coins: coins.nullable().meta({ description: 'On all ideas together; null while hidden.' }),
    ideas: z.array(boardIdea).meta({ description: 'Ideas with coins, most first.' }),
  })
  .meta({ id: 'CoinBoard' });
export type CoinBoardView = z.infer<typeof coinBoard>;

const LEDGER_KINDS = [
  'initial',
  'reward',
  'allocate',
  'withdraw',
  'reallocate',
  'expend',
  'return',
  'merge',
  'expire',
] as const;

const leg = z.strictObject({
  account: z
    .enum(['issued', 'available', 'allocated', 'expended', 'expired'])
    .meta({ description: 'issued is what the campaign gave: below zero by all of it.' }),
  idea_id: id.nullable().meta({ description: 'Where they are coins on an idea.' }),
  before: z.int(),
  after: z.int(),
});

export const ledgerEntry = z
  .strictObject({
    request_id: id.meta({ description: 'Names the act.' }),
    kind: z.enum(LEDGER_KINDS),
    amount: z.int().min(1),
    debit: leg.meta({ description: 'The account that lost them.' }),
    credit: leg.meta({ description: 'The account that got them.' }),
    created_by: id.meta({ description: 'Who did it: yourself, a manager, a key, or the campaign by its clock.' }),
    at: moment,
  })
  .meta({ id: 'CoinLedgerEntry', description: 'One movement: what one account lost another got.' });
export const ledgerPage = pageOf(ledgerEntry, 'CoinLedgerPage');
export type LedgerEntryView = z.infer<typeof ledgerEntry>;
