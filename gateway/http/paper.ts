import { z } from 'zod';
import type { Identity, PaperBatchInfo, PaperState } from '../../engine/index.ts';
import { newPaperBatch, paperBatchView, paperConfirmation, paperDeclaration, paperView } from '../../protocol/paper.ts';
import { id } from '../../protocol/text.ts';
import { reachesElection } from '../auth/reach.ts';
import { electionParams } from './elections.ts';
import { type Operation, operation, replyWith } from './operation.ts';

/** 20,000 patterns of ranked ballots. */
const COUNT_MAX_BYTES = 4 * 1024 * 1024;

const batchParams = z.strictObject({ election_id: id, batch_id: id });

/** Who counts with keys that nobody of the organisation made. */
const OPERATOR = 'operator';

/** Whom two counts must come from: a member is one person, with whatever devices and by whatever keys of their making. */
function personOf({ kind, memberId, makerId, id: own }: Identity): string {
  return kind === 'api_key' ? (makerId ?? OPERATOR) : (memberId ?? own);
}

function batchAsJson(batch: PaperBatchInfo): z.infer<typeof paperBatchView> {
  return {
    batch_id: batch.batchId,
    label: batch.label,
    ballots: batch.ballots,
    state: batch.confirmed ? 'confirmed' : 'entered',
    own: batch.own,
    mismatches: batch.mismatches,
    entered_at: batch.enteredAt.toISOString(),
    confirmed_at: batch.confirmedAt?.toISOString() ?? null,
  };
}

function paperAsJson({ declared, batches }: PaperState): z.infer<typeof paperView> {
  const sum = (list: readonly PaperBatchInfo[]) => list.reduce((total, { ballots }) => total + ballots, 0);
  return {
    declared,
    entered: sum(batches),
    confirmed: sum(batches.filter(({ confirmed }) => confirmed)),
    batches: batches.map(batchAsJson),
  };
}

const read = operation({
  id: 'getPaper',
  method: 'get',
  path: '/v1/elections/{election_id}/paper-batches',
  tag: 'Paper ballots',
  summary: 'List the batches of paper ballots',
  description: 'How many there are and who still has to count them, never what they say: that is in the result.',
  permission: 'paper.count',
  params: electionParams,
  success: { 200: { description: 'Declared, entered and confirmed.', schema: paperView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    const outcome = await engine.paper.state(identity.orgId, params.election_id, personOf(identity));
    return replyWith(outcome, (paper) => ({ status: 200, body: paperAsJson(paper) }));
  },
});

const declare = operation({
  id: 'declarePaper',
  method: 'put',
  path: '/v1/elections/{election_id}/paper-declaration',
  tag: 'Paper ballots',
  summary: 'Say how many paper ballots were handed out',
  description: 'Until the result is published. No more than these are ever counted.',
  permission: 'paper.count',
  params: electionParams,
  body: paperDeclaration,
  success: { 200: { description: 'Declared, entered and confirmed.', schema: paperView } },
  failures: ['not_found', 'conflict', 'closed', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    const { orgId } = identity;
    const outcome = await engine.paper.declare(orgId, params.election_id, body.ballots, personOf(identity));
    return replyWith(outcome, (paper) => ({ status: 200, body: paperAsJson(paper) }));
  },
});

const enter = operation({
  id: 'enterPaper',
  method: 'post',
  path: '/v1/elections/{election_id}/paper-batches',
  tag: 'Paper ballots',
  summary: 'Enter the first count of a heap',
  description:
    'While the election is open or closed, before it is published. It counts once another person has entered the same.',
  permission: 'paper.count',
  params: electionParams,
  body: newPaperBatch,
  bodyMaxBytes: COUNT_MAX_BYTES,
  creates: true,
  secret: true,
  success: { 201: { description: 'The batch, waiting for its second count.', schema: paperBatchView } },
  failures: ['not_found', 'conflict', 'not_open', 'closed', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    const outcome = await engine.paper.enter(identity.orgId, params.election_id, body, personOf(identity));
    return replyWith(outcome, (batch) => ({ status: 201, body: batchAsJson(batch) }));
  },
});

const confirm = operation({
  id: 'confirmPaper',
  method: 'post',
  path: '/v1/elections/{election_id}/paper-batches/{batch_id}/confirm',
  tag: 'Paper ballots',
  summary: 'Enter the second count of a heap',
  description:
    'By another person, who has not seen the first: not by a key either that the first one made (details.reason ' +
    'same_person). Keys made at the command line count as one person together. Where the two differ you are told the ' +
    'places (409), and nothing counts until they agree.',
  permission: 'paper.count',
  params: batchParams,
  body: paperConfirmation,
  bodyMaxBytes: COUNT_MAX_BYTES,
  secret: true,
  success: { 200: { description: 'The batch is confirmed: it counts.', schema: paperBatchView } },
  failures: ['not_found', 'conflict', 'not_open', 'closed', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    const { election_id: electionId, batch_id: batchId } = params;
    const outcome = await engine.paper.confirm(identity.orgId, electionId, batchId, body.count, personOf(identity));
    return replyWith(outcome, (batch) => ({ status: 200, body: batchAsJson(batch) }));
  },
});

const withdraw = operation({
  id: 'withdrawPaper',
  method: 'delete',
  path: '/v1/elections/{election_id}/paper-batches/{batch_id}',
  tag: 'Paper ballots',
  summary: 'Take a batch back',
  description:
    'Confirmed or not, until the result is published; the log keeps that it was there, and how many it held.',
  permission: 'paper.count',
  params: batchParams,
  success: { 204: { description: 'It is gone, and counts no more.' } },
  failures: ['not_found', 'conflict', 'not_open', 'closed', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const reach = await reachesElection(engine, identity, params.election_id);
    if (!reach.ok) return reach;
    const { election_id: electionId, batch_id: batchId } = params;
    const outcome = await engine.paper.withdraw(identity.orgId, electionId, batchId, personOf(identity));
    return replyWith(outcome, () => ({ status: 204 }));
  },
});

export const paperOperations: readonly Operation[] = [read, declare, enter, confirm, withdraw];
