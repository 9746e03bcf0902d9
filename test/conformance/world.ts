import { createHash } from 'node:crypto';
import type { StoredElection } from '../../engine/elections/queries.ts';
import { credentialOfToken, type Election, type Outcome, resultToJson, type TallyFigures } from '../../engine/index.ts';
import { kindOf } from '../harness/engines.ts';
import type { ElectionsRoom } from '../harness/model.ts';
import type { Act, Plan, ScriptedCast } from './scripts.ts';

/** What both rooms are told of: the same organisations and the same elections, by the same ids. */
export interface Stage {
  readonly orgIds: readonly [string, string];
  readonly plans: readonly Plan[];
  readonly electionIds: readonly string[];
  /** there is a quota: which of a burst is the last one that it leaves is told only where they come one by one */
  limited: boolean;
}

const ACTOR = 'conformance';

async function oneByOne<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const done: U[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}

/** Does one act in a room and answers all that can be told of it, except tallies, which are compared by their laws. */
export async function perform(
  room: ElectionsRoom,
  stage: Stage,
  act: Exclude<Act, { act: 'quota' }>,
): Promise<unknown> {
  if (act.act === 'cast') {
    const outcomes = stage.limited
      ? await oneByOne(act.casts, (cast) => send(room, stage, cast))
      : await Promise.all(act.casts.map((cast) => send(room, stage, cast)));
    return outcomes.map((outcome) => seen(outcome, (receipt) => receipt));
  }
  const { orgId, electionId, plan } = aim(stage, act.election, act.stranger);
  const { votes } = plan.election;
  switch (act.act) {
    case 'get':
      return seen(await room.get(orgId, electionId), viewOf);
    case 'open':
    case 'close':
    case 'publish':
      return seen(await room[act.act](orgId, electionId, ACTOR), viewOf);
    case 'cancel':
      return seen(await room.cancel(orgId, electionId, 'withdrawn', ACTOR), viewOf);
    case 'present':
      return seen(await room.setPresent(orgId, electionId, act.present, ACTOR), viewOf);
    case 'issue':
      return seen(
        await issue(room, stage, act.election, act.stranger, act.from, act.count, act.heavier),
        (issued) => issued,
      );
    case 'tally':
      return kindOf(await room.tally(orgId, electionId));
    case 'result':
      return seen(await room.result(orgId, electionId), resultToJson);
    case 'recount':
      return seen(await room.recount(orgId, electionId), (recount) => recount);
    case 'participation':
      return seen(await room.participation(orgId, electionId), (participation) => participation);
    case 'ballots':
      return allBallots(room, orgId, electionId, act.limit);
    case 'ballot': {
      const voter = act.voter % votes.length;
      return seen(await room.ballot(orgId, electionId, trackingCode(electionId, voter, act.key)), (ballot) => ballot);
    }
  }
}

/** Issues to `count` voters of a plan's election, the first being number `from`; each weighs what the plan says. */
export function issue(
  room: ElectionsRoom,
  stage: Stage,
  election: number,
  stranger: boolean,
  from: number,
  count: number,
  heavier = false,
): ReturnType<ElectionsRoom['issue']> {
  const { orgId, electionId, plan } = aim(stage, election, stranger);
  const { votes } = plan.election;
  const voters = Array.from({ length: Math.min(count, votes.length) }, (_, i) => (from + i) % votes.length);
  const credentials = voters.map((voter) => ({
    credential: Buffer.from(credentialOf(voter), 'hex'),
    weight: (votes[voter]?.weight ?? 1n) + (heavier ? 1n : 0n),
  }));
  return room.issue(orgId, electionId, credentials, ACTOR);
}

/** An election of the stage, in the name of its organisation or of the other one. */
export function aim(stage: Stage, election: number, stranger: boolean) {
  const index = election % stage.plans.length;
  const plan = stage.plans[index] as Plan;
  const home = stranger ? 1 - plan.home : plan.home;
  return { orgId: stage.orgIds[home] as string, electionId: stage.electionIds[index] as string, plan };
}

/**
 * What a running tally may say beside the exact one: the same where nothing is masked; in an open secret election its
 * options count a whole number of batches, less than k ballots behind, all of the same `counted` ballots.
 */
export function maskedTally(plan: Plan, masked: TallyFigures, exact: TallyFigures): TallyFigures {
  const behind = exact.counted - masked.counted;
  const mayLag = plan.secrecy === 'secret' && exact.state === 'open';
  const lawful = behind === 0 || (mayLag && behind > 0 && behind < plan.secretStep);
  return { ...exact, counted: lawful ? masked.counted : exact.counted };
}

function send(room: ElectionsRoom, stage: Stage, cast: ScriptedCast) {
  const { orgId, electionId, plan } = aim(stage, cast.election, cast.fault === 'other organisation');
  const { votes } = plan.election;
  const voter = cast.voter % votes.length;
  const ballotOf = cast.ballotOf === 'own' ? voter : cast.ballotOf % votes.length;
  const credential = credentialOf(cast.fault === 'unknown credential' ? -1 - voter : voter);
  return room.cast(orgId, {
    electionId,
    credential: cast.fault === 'broken credential' ? credential.replace(/../, 'zz') : credential,
    castKey: castKeyOf(voter, cast.key),
    ballot: cast.fault === 'invalid ballot' ? cast.invalid : votes[ballotOf]?.ballot,
  });
}

/** Every page of the published list. */
async function allBallots(room: ElectionsRoom, orgId: string, electionId: string, limit: number): Promise<unknown> {
  const pages: unknown[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Awaited<ReturnType<ElectionsRoom['ballots']>> = await room.ballots(orgId, electionId, {
      cursor,
      limit,
    });
    pages.push(seen(page, (ballots) => ballots));
    cursor = page.ok ? page.value.nextCursor : null;
  }
  return pages;
}

/** Words and waiting times aside: the kind and what a program is told with it. */
function seen<T>(outcome: Outcome<T>, view: (value: T) => unknown): unknown {
  return outcome.ok
    ? { ok: view(outcome.value) }
    : { refused: outcome.failure.kind, details: outcome.failure.details ?? null };
}

/** Times and log positions differ between two worlds; whether they are set does not. */
function viewOf({ createdAt: _, changedPos: __, openedAt, closedAt, publishedAt, ...election }: Election): unknown {
  const { sealed: ___, paperVersion: ____, ...told } = election as typeof election & Partial<StoredElection>;
  return { ...told, opened: openedAt !== null, closed: closedAt !== null, published: publishedAt !== null };
}

function credentialOf(voter: number): string {
  return credentialOfToken(`voter ${voter}`);
}

function castKeyOf(voter: number, key: number): string {
  return createHash('md5').update(`key ${key} of ${voter}`).digest('hex');
}

function trackingCode(electionId: string, voter: number, key: number): string {
  const hashed = createHash('sha256').update(`ballot${electionId}${credentialOf(voter)}${castKeyOf(voter, key)}`);
  return hashed.digest('hex').slice(0, 32);
}
