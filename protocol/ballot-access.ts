import { z } from 'zod';
import { castRequest, publishedBallot, trackingCode } from './ballots.ts';
import { electionView } from './elections.ts';
import { resultView } from './results.ts';
import { id, text } from './text.ts';

const token = text(1, 256).meta({ description: 'The one-time voting token of the link.' });

/** What the holder of a voting link sends to see the election: the token stands in the body, never in an address. */
export const ballotAccessRequest = z
  .strictObject({
    election_id: id,
    credential: token,
    tracking_code: trackingCode.optional().meta({ description: 'Also finds this ballot, once ballots are published.' }),
  })
  .meta({
    id: 'BallotAccessRequest',
    example: { election_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10', credential: 'vt_4c1b8f0d2e' },
  });

export const ballotAccess = z
  .strictObject({
    election: electionView,
    voted: z.boolean().meta({ description: 'The token was spent: a ballot was cast with it.' }),
    result: resultView.nullable().meta({ description: 'null until the result is published.' }),
    ballot: publishedBallot.nullable().meta({
      description: 'The ballot of tracking_code; null without one, before publication, or where none has it.',
    }),
  })
  .meta({ id: 'BallotAccess', description: 'An election as the holder of one of its tokens may see it.' });
export type BallotAccessView = z.infer<typeof ballotAccess>;

export const tokenCastRequest = z
  .strictObject({
    election_id: id,
    credential: token,
    ballot: castRequest.shape.ballot,
    cast_key: castRequest.shape.cast_key,
  })
  .meta({
    id: 'TokenCast',
    example: {
      election_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10',
      credential: 'vt_4c1b8f0d2e',
      ballot: { ranking: ['ada', 'grace'] },
      cast_key: '00112233445566778899aabbccddeeff',
    },
  });
