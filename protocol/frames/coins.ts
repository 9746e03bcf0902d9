import { z } from 'zod';
import { allocation, allocationReceipt, coinBalance, reallocation, withdrawal } from '../coins.ts';
import { id } from '../text.ts';
import { requestId } from './request-id.ts';

const campaign = id.meta({ description: "The campaign's id (not its public name)." });
const REPEAT =
  'Answered once it is on disk. Send it again with the same request_id whenever you did not hear an answer: it is done once.';

export const allocateRequest = z
  .strictObject({ id: requestId, op: z.literal('allocate'), campaign, ...allocation.shape })
  .meta({
    id: 'AllocateRequest',
    description: `Puts coins of the own purse on an idea. ${REPEAT}`,
    example: {
      id: 5,
      op: 'allocate',
      campaign: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10',
      idea_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21',
      amount: 5,
      request_id: '3f8a2c1e-5b7d-4c9a-8e1f-2d3c4b5a6978',
    },
  });

export const reallocateRequest = z
  .strictObject({ id: requestId, op: z.literal('reallocate'), campaign, ...reallocation.shape })
  .meta({
    id: 'ReallocateRequest',
    description: `Moves coins from one idea to another. ${REPEAT}`,
    example: {
      id: 6,
      op: 'reallocate',
      campaign: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10',
      from_idea_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21',
      to_idea_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a22',
      amount: 3,
    },
  });

export const withdrawRequest = z
  .strictObject({ id: requestId, op: z.literal('withdraw'), campaign, ...withdrawal.shape })
  .meta({
    id: 'WithdrawRequest',
    description: `Takes coins back from an idea into the own purse. ${REPEAT}`,
    example: {
      id: 7,
      op: 'withdraw',
      campaign: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10',
      idea_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21',
      amount: 2,
    },
  });

export const balanceRequest = z.strictObject({ id: requestId, op: z.literal('balance'), campaign }).meta({
  id: 'BalanceRequest',
  description: 'What is in the own purse, and where its coins lie.',
  example: { id: 8, op: 'balance', campaign: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10' },
});

const receipt = z.strictObject({ id: requestId, ok: z.literal(true), ...allocationReceipt.shape });

export const allocateReply = receipt.meta({ id: 'AllocateReply', description: 'The coins lie on the idea, on disk.' });
export const reallocateReply = receipt.meta({ id: 'ReallocateReply', description: 'The coins were moved, on disk.' });
export const withdrawReply = receipt.meta({ id: 'WithdrawReply', description: 'The coins are back, on disk.' });
export const balanceReply = z
  .strictObject({ id: requestId, ok: z.literal(true), ...coinBalance.shape })
  .meta({ id: 'BalanceReply', description: 'The own purse.' });
