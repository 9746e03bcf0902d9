import { z } from 'zod';
import { socketError } from '../errors.ts';
import { requestId } from './request-id.ts';

export const refusal = z
  .strictObject({
    id: requestId.nullable().meta({ description: 'null where the frame had no usable id.' }),
    ok: z.literal(false),
    error: socketError,
  })
  .meta({
    id: 'Refusal',
    description: 'The reply to a request that was not carried out, whichever it was.',
    example: {
      id: 3,
      ok: false,
      error: {
        code: 'BALLOT_004',
        message: 'This vote has closed. Yours was not counted.',
        details: { state: 'closed' },
      },
    },
  });
