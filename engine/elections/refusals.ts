import { limits } from '../limits.ts';
import { type Outcome, refuse } from '../outcome.ts';

export const NO_ELECTION = refuse('not_found', 'There is no such election.', { details: { resource: 'election' } });

export const NO_QUEUED_BALLOT = refuse(
  'not_found',
  'No queued ballot is known by this id. Send the same ballot with the same cast key again to learn its fate.',
  { details: { resource: 'queued_ballot' } },
);

const FORBIDDEN: Readonly<Record<string, Outcome<never>>> = {
  not_found: NO_ELECTION,
  draft: refuse('not_open', 'This vote is not open yet.', { details: { state: 'draft' } }),
  open: refuse('conflict', 'This vote is open already.', { details: { reason: 'open', state: 'open' } }),
  closed: refuse('closed', 'This vote has closed.', { details: { state: 'closed' } }),
  published: refuse('closed', 'This vote has closed and its result is published.', { details: { state: 'published' } }),
  cancelled: refuse('closed', 'This vote was cancelled.', { details: { state: 'cancelled' } }),
  not_due: refuse('conflict', 'It is not time yet.', { details: { reason: 'not_due' } }),
  not_counted: refuse('conflict', 'The ballots are still being counted. Try again in a moment.', {
    retryAfterMs: limits.overloadedRetryMaxMs,
    details: { reason: 'counting' },
  }),
  paper_waiting: refuse(
    'conflict',
    'A batch of paper ballots waits for its second count. Confirm it or take it back first.',
    {
      details: { reason: 'paper_waiting' },
    },
  ),
  closes_in_the_past: refuse('conflict', 'The time at which this vote closes has passed already.', {
    details: { reason: 'close_passed' },
  }),
  no_group: refuse('conflict', 'The group whose members may vote is gone. Choose another roll first.', {
    details: { reason: 'no_group' },
  }),
  no_end: refuse('conflict', 'This vote has no time at which it closes: close it when you like.', {
    details: { reason: 'no_end' },
  }),
  not_later: refuse('invalid_input', 'A vote can be made longer only: give a time later than its present close.', {
    details: { fields: [{ path: 'closes_at', problem: 'is not later than the present closes_at' }] },
  }),
  changed: refuse('conflict', 'Somebody else has changed this draft at the same time. Look at it and try again.', {
    details: { reason: 'changed' },
  }),
};

/** What a function of the urn answers instead of 'done', as people are told of it. */
export function forbidden(answer: string): Outcome<never> {
  const refusal = FORBIDDEN[answer];
  if (refusal === undefined) throw new Error(`the urn answered ${answer}`);
  return refusal;
}
