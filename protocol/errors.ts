import { z } from 'zod';

/**
 * Every error code a client can meet: what it means and what to do next. One meaning each; a code is never reused.
 * Which failure of the engine gives which code, and with which HTTP status, stands in gateway/errors.ts alone.
 */
export const ERROR_CODES = {
  VALIDATION_001: {
    meaning: 'The request is malformed.',
    next: 'Correct the fields that details.fields names, then send it again.',
  },
  AUTH_001: {
    meaning: 'You are not signed in, or your key or session has expired, was revoked or is unknown.',
    next: 'Send a valid key as Authorization: Bearer …; details.reason says what is wrong with this one.',
  },
  AUTH_002: {
    meaning: 'You are signed in, but your roles do not allow this.',
    next: 'Ask somebody with the role in details.role to do it, or to give it to you.',
  },
  NOT_FOUND_001: {
    meaning: 'There is no such thing in your organisation.',
    next: 'Check the address and the id.',
  },
  CONFLICT_001: {
    meaning: 'The present state does not allow this act, or the Idempotency-Key was used for another request.',
    next: 'Read the present state and decide again; use a new Idempotency-Key for a new request.',
  },
  BALLOT_001: {
    meaning: 'This credential is being used in another request at this moment.',
    next: 'Wait retry_after_ms and send the same request with the same cast key.',
  },
  BALLOT_002: {
    meaning: 'This credential was already used for another ballot. The first one counts.',
    next: 'Nothing: the ballot cast first stays in the urn.',
  },
  BALLOT_003: {
    meaning: 'The election is not open yet.',
    next: 'Wait until the election opens, then vote.',
  },
  BALLOT_004: {
    meaning: 'The election is closed or was cancelled. This ballot is not counted.',
    next: 'Nothing: the election takes no further ballots.',
  },
  BALLOT_005: {
    meaning: "The ballot breaks the rules of the election's voting method.",
    next: 'Correct what details.problems names, then cast it again.',
  },
  CAMPAIGN_001: {
    meaning: 'There is no such campaign in your organisation.',
    next: 'Check its campaign_id; GET /v1/campaigns lists those that you may see.',
  },
  CAMPAIGN_002: {
    meaning: "The campaign's status does not allow this act.",
    next: 'Read details.status and the campaign; an archived campaign changes no more.',
  },
  CAMPAIGN_003: {
    meaning: 'The campaign has not started yet.',
    next: 'Wait for its start_date, or ask a manager to start it.',
  },
  CAMPAIGN_004: {
    meaning: 'The campaign has ended. No coin was moved.',
    next: 'Nothing: coins stay where they are.',
  },
  COIN_001: {
    meaning: 'That is more coins than there are.',
    next: 'Use at most details.available coins.',
  },
  COIN_002: {
    meaning: 'These coins are expended: their idea was accepted.',
    next: 'Nothing: coins on accepted ideas stay there.',
  },
  COIN_003: { meaning: 'The amount is zero.', next: 'Send a whole number of coins from 1 on.' },
  COIN_004: {
    meaning: 'The amount is negative.',
    next: 'Send a whole number of coins from 1 on; to take coins back use withdraw.',
  },
  COIN_005: { meaning: 'The amount is not a whole number.', next: 'Send a whole number of coins from 1 on.' },
  COIN_006: {
    meaning: "The campaign's coin policy does not let coins be moved or taken back.",
    next: 'Nothing: details.reason says which of both the policy forbids.',
  },
  COIN_007: {
    meaning: 'Another request is using this purse at this moment.',
    next: 'Wait retry_after_ms and send the same request with the same request_id.',
  },
  COIN_008: {
    meaning: 'In this campaign k votes for an idea cost k × k coins: this amount would leave part of a vote.',
    next: 'Change the amount so that the coins on each idea are a square number.',
  },
  COIN_009: { meaning: 'The coins of this campaign have expired.', next: 'Nothing: they can no longer be given.' },
  IDEA_001: { meaning: 'There is no such idea.', next: 'Check its id and the campaign.' },
  IDEA_002: {
    meaning: 'The campaign already has an idea like this one.',
    next: 'Look at details.similar; send it with confirm_not_duplicate if it is another one.',
  },
  IDEA_003: {
    meaning: 'The idea does not compete for coins.',
    next: 'Choose another idea, or wait until this one is approved.',
  },
  IDEA_004: {
    meaning: 'The idea was accepted already.',
    next: 'Nothing: an accepted idea takes and gives no coins, and is decided.',
  },
  TAG_001: {
    meaning: 'The campaign has no such tag.',
    next: 'Use tags that GET /v1/campaigns/{campaign_id}/tags lists; details.tags names the unknown ones.',
  },
  VALIDATION_002: {
    meaning: 'A text is longer than it may be.',
    next: 'Shorten the fields that details.fields names, then send it again.',
  },
  QUOTA_001: {
    meaning: "Your organisation's quota is used up. Nothing was written.",
    next: 'Ask the administrator of your organisation to raise the quota.',
  },
  LOAD_001: {
    meaning: 'The service is overloaded. Nothing was written.',
    next: 'Wait retry_after_ms and send the same request again.',
  },
  LOAD_002: {
    meaning: 'You send requests faster than you may, or the first sending of this very request is still in work.',
    next: 'Wait retry_after_ms and send the same request again.',
  },
  LOAD_003: {
    meaning: 'The database cannot be reached. Nothing was written.',
    next: 'Wait retry_after_ms and send the same request again.',
  },
  LOAD_004: {
    meaning: 'The answer was lost: the request may or may not have been carried out.',
    next: 'Send the same request again with the same cast key or Idempotency-Key; it is carried out once.',
  },
  INTERNAL_001: {
    meaning: 'Something went wrong on our side.',
    next: 'Try once more; if it stays, report the request_id.',
  },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

const errorCode = z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]);

/** Free-form facts about an error, e.g. fields, problems, reason, role, retry_after_ms. */
const details = z.record(z.string(), z.unknown());

/** The body of every HTTP answer from 400 upwards. */
export const errorBody = z
  .strictObject({
    error_code: errorCode.meta({ description: 'What went wrong; one meaning per code.' }),
    message: z.string().meta({ description: 'One sentence for a person.' }),
    details: details.meta({
      description:
        'Facts about this error: fields or problems as [{path, problem, reason, params}], reason, role, retry_after_ms. ' +
        'May be empty. A reason is for programs and stays; the sentence beside it is for people and may change.',
    }),
    timestamp: z.iso.datetime().meta({ description: 'When the answer was made, UTC.' }),
    request_id: z.string().meta({ description: 'Name it when you report a problem; the log carries it too.' }),
  })
  .meta({
    id: 'Error',
    description: 'The shape of every error.',
    example: {
      error_code: 'VALIDATION_001',
      message: 'The request is malformed.',
      details: { fields: [{ path: 'title', problem: 'is missing', reason: 'missing' }] },
      timestamp: '2026-11-21T10:00:00.000Z',
      request_id: '0b0c6a52-9d0a-4d2c-9d0e-3f3a2f1f6f10',
    },
  });
export type ErrorBody = z.infer<typeof errorBody>;

/** `error` of a socket reply with `ok: false`. */
export const socketError = z
  .strictObject({
    code: errorCode,
    message: z.string(),
    retry_after_ms: z.int().nonnegative().optional().meta({ description: 'Wait this long, then send the same again.' }),
    details: details.optional(),
  })
  .meta({ id: 'SocketError', description: 'Why a request over the socket was refused.' });
export type SocketError = z.infer<typeof socketError>;
