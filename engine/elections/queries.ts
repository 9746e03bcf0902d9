import type { Sql, Transaction } from '../db/index.ts';
import type { CompleteElection } from './create.ts';
import type { Election, ElectionState, Opening } from './election.ts';

/** SQL of this room. Rows come back as the room's own shapes. */

interface ElectionRow {
  org_id: string;
  election_id: string;
  meeting_id: string | null;
  title: string;
  description: string;
  method: Election['method'];
  options: Election['options'];
  rules: Election['rules'];
  secrecy: Election['secrecy'];
  visibility: Election['visibility'];
  roll: Election['roll'];
  roll_group_id: string | null;
  secret_step: number;
  duration_seconds: number | null;
  state: ElectionState;
  present: number | null;
  present_weight: bigint | null;
  paper_declared: number;
  paper_version: number;
  opened_by: string | null;
  closed_by: string | null;
  published_by: string | null;
  opens_at: Date | null;
  closes_at: Date | null;
  opened_at: Date | null;
  closed_at: Date | null;
  sealed_at: Date | null;
  published_at: Date | null;
  cancel_reason: string | null;
  changed_pos: bigint;
  created_at: Date;
}

/** An election with what only this room needs to know of it. */
export type StoredElection = Election & { readonly sealed: boolean; readonly paperVersion: number };

function electionOf(row: ElectionRow): StoredElection {
  return {
    electionId: row.election_id,
    orgId: row.org_id,
    meetingId: row.meeting_id,
    title: row.title,
    description: row.description,
    method: row.method,
    options: row.options,
    rules: row.rules,
    secrecy: row.secrecy,
    visibility: row.visibility,
    roll: row.roll,
    rollGroupId: row.roll_group_id,
    secretStep: row.secret_step,
    durationSeconds: row.duration_seconds,
    state: row.state,
    present: row.present,
    presentWeight: row.present_weight,
    paperDeclared: row.paper_declared,
    openedBy: row.opened_by,
    closedBy: row.closed_by,
    publishedBy: row.published_by,
    opensAt: row.opens_at,
    closesAt: row.closes_at,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    publishedAt: row.published_at,
    cancelReason: row.cancel_reason,
    changedPos: Number(row.changed_pos),
    createdAt: row.created_at,
    sealed: row.sealed_at !== null,
    paperVersion: row.paper_version,
  };
}

export async function selectElection(
  tx: Transaction,
  orgId: string,
  electionId: string,
): Promise<StoredElection | undefined> {
  const [row] = await tx<
    ElectionRow[]
  >`SELECT * FROM app.elections WHERE org_id = ${orgId} AND election_id = ${electionId}`;
  return row && electionOf(row);
}

/** Newest first; the cursor is the last election of the page before. */
export async function selectElections(
  tx: Transaction,
  orgId: string,
  query: { meetingId: string | null; opened: boolean; cursor: string | null; limit: number },
): Promise<Election[]> {
  const rows = await tx<ElectionRow[]>`
    SELECT e.* FROM app.elections e
    WHERE e.org_id = ${orgId} AND (${query.meetingId}::uuid IS NULL OR e.meeting_id = ${query.meetingId}::uuid)
      AND (NOT ${query.opened}::boolean OR e.opened_at IS NOT NULL)
      AND (${query.cursor}::uuid IS NULL OR (e.created_at, e.election_id) <
        (SELECT c.created_at, c.election_id FROM app.elections c WHERE c.org_id = ${orgId} AND c.election_id = ${query.cursor}::uuid))
    ORDER BY e.created_at DESC, e.election_id DESC LIMIT ${query.limit}`;
  return rows.map(electionOf);
}

export async function meetingExists(tx: Transaction, orgId: string, meetingId: string): Promise<boolean> {
  const rows = await tx`SELECT FROM app.meetings WHERE org_id = ${orgId} AND meeting_id = ${meetingId}`;
  return rows.length > 0;
}

export async function insertElection(
  tx: Transaction,
  orgId: string,
  electionId: string,
  e: CompleteElection,
  actor: string,
): Promise<void> {
  const [row] = await tx<{ pos: bigint }[]>`
    SELECT urn.append_log(${orgId}, ${electionId}, 'election.created', ${tx.json({ state: 'draft', by: actor, title: e.title, meeting: e.meetingId })}) AS pos`;
  await tx`
    INSERT INTO app.elections (org_id, election_id, meeting_id, title, description, method, options, rules, secrecy, visibility,
      roll, roll_group_id, secret_step, duration_seconds, present, opens_at, closes_at, changed_pos)
    VALUES (${orgId}, ${electionId}, ${e.meetingId}, ${e.title}, ${e.description}, ${tx.json(e.method as never)},
      ${tx.json(e.options as never)}, ${tx.json(e.rules as never)}, ${e.secrecy}, ${e.visibility}, ${e.roll}, ${e.rollGroupId},
      ${e.secretStep}, ${e.durationSeconds}, ${e.present}, ${e.opensAt}, ${e.closesAt}, ${String(row?.pos)}::bigint)`;
}

export async function updatePresent(
  tx: Transaction,
  orgId: string,
  electionId: string,
  present: number,
  presentWeight: bigint | null,
  actor: string,
): Promise<boolean> {
  // waits for a close in progress and is waited for by the next: both write this row and the log's head, and taking them
  // in opposite orders they would deadlock, which holds up every ballot of the organisation for a second
  await tx`SELECT pg_advisory_xact_lock_shared(hashtextextended(${electionId}::uuid::text, 7301))`;
  const rows =
    await tx`UPDATE app.elections SET present = ${present}, present_weight = ${presentWeight === null ? null : String(presentWeight)}::bigint
    WHERE org_id = ${orgId} AND election_id = ${electionId} AND state IN ('draft', 'open') RETURNING election_id`;
  if (rows.length > 0)
    await tx`SELECT urn.append_log(${orgId}, ${electionId}, 'election.present', ${tx.json({ present, by: actor })})`;
  return rows.length > 0;
}

export interface Issued {
  readonly issued: number;
  /** 'not_found', 'ended', 'too_many', 'differs' */
  readonly refusal: string | null;
  /** 'differs': how many were issued with another weight, and the place of the first, from 0 */
  readonly differing: number;
  readonly place: number;
}

export async function issueCredentials(
  sql: Sql,
  orgId: string,
  electionId: string,
  keys: Buffer,
  weights: readonly bigint[],
  max: number,
): Promise<Issued> {
  const [row] = await sql<Issued[]>`
    SELECT * FROM urn.issue_credentials(${orgId}, ${electionId}, ${keys}, ${`{${weights.join(',')}}`}::text::bigint[], ${max})`;
  return row as Issued;
}

/**
 * The hot statement: one round trip a batch.
 * @param keys hex, 128 characters a ballot
 * @param ballots canonical ballots, joined by U+001E
 */
export async function castBallots(
  sql: Sql,
  orgId: string,
  electionId: string,
  keys: string,
  ballots: string,
): Promise<string> {
  const [row] = await sql<{ codes: string }[]>`
    SELECT urn.cast_ballots(${orgId}, ${electionId}, ${`\\x${keys}`}::text::bytea, ${ballots}) AS codes`;
  return (row as { codes: string }).codes;
}

/**
 * Waits for the barrier. answer: 'done', 'not_found', 'not_due', 'not_counted', 'paper_waiting', 'closes_in_the_past', or the
 * state that forbids it.
 */
export async function changeState(
  sql: Sql,
  orgId: string,
  electionId: string,
  to: ElectionState,
  reason: string | null,
  onlyIfDue: boolean,
  actor: string,
  { closesAt = undefined, durationSeconds = undefined }: Opening = {},
): Promise<string> {
  const [row] = await sql<{ answer: string }[]>`
    SELECT answer FROM urn.change_state(${orgId}, ${electionId}, ${to}, ${reason}, ${onlyIfDue}, ${actor},
      ${closesAt ?? null}::timestamptz, ${durationSeconds ?? null}::integer)`;
  return (row as { answer: string }).answer;
}

export interface TallyStep {
  readonly state: ElectionState;
  /** the ballots have been moved to the box: count that */
  readonly sealed: boolean;
  readonly cutPos: number;
  /** ballots between the asked position and the cut, and up to the newest batch */
  readonly cutSize: number;
  readonly headPos: number;
  readonly headSize: number;
  /** when the cut's last batch was written */
  readonly at: Date | null;
  readonly patterns: readonly { ballot: string; count: number; weight: bigint }[];
}

export async function followTally(sql: Sql, orgId: string, electionId: string, afterPos: number): Promise<TallyStep> {
  const [row] = await sql<
    {
      state: ElectionState;
      sealed: boolean;
      cut_pos: bigint;
      cut_size: bigint;
      head_pos: bigint;
      head_size: bigint;
      at: Date | null;
      patterns: string | null;
    }[]
  >`
    SELECT t.state, t.sealed, t.cut_pos, t.cut_size, t.head_pos, t.head_size, t.at,
      (SELECT string_agg(p.ballot || E'\x1f' || p.count || E'\x1f' || p.weight, E'\x1e') FROM unnest(t.ballots, t.counts, t.weights) p (ballot, count, weight)) AS patterns
    FROM urn.follow_tally(${orgId}, ${electionId}, ${afterPos}) t`;
  if (row === undefined) throw new Error('urn.follow_tally answers one row');
  return {
    state: row.state,
    sealed: row.sealed,
    cutPos: Number(row.cut_pos),
    cutSize: Number(row.cut_size),
    headPos: Number(row.head_pos),
    headSize: Number(row.head_size),
    at: row.at,
    patterns: patternsOf(row.patterns),
  };
}

/** The ballots themselves, as patterns; from the box. */
export async function countBox(sql: Sql, orgId: string, electionId: string): Promise<TallyStep['patterns']> {
  const [row] = await sql<{ patterns: string | null }[]>`
    SELECT string_agg(c.ballot || E'\x1f' || c.count || E'\x1f' || c.weight, E'\x1e') AS patterns
    FROM urn.count_box(${orgId}, ${electionId}) c`;
  return patternsOf(row?.patterns ?? null);
}

function patternsOf(text: string | null): TallyStep['patterns'] {
  if (text === null) return [];
  return text.split('\u001e').map((line) => {
    const [ballot, count, weight] = line.split('\u001f') as [string, string, string];
    return { ballot, count: Number(count), weight: BigInt(weight) };
  });
}

export async function takeSnapshot(sql: Sql, orgId: string, electionId: string): Promise<void> {
  await sql`SELECT urn.take_snapshot(${orgId}, ${electionId})`;
}

export async function seal(sql: Sql, orgId: string, electionId: string): Promise<void> {
  await sql`SELECT urn.seal(${orgId}, ${electionId})`;
}

export async function participation(
  sql: Sql,
  orgId: string,
  electionId: string,
): Promise<{ roll: bigint; roll_weight: bigint; voted: bigint; voted_weight: bigint }> {
  const [row] = await sql<{ roll: bigint; roll_weight: bigint; voted: bigint; voted_weight: bigint }[]>`
    SELECT * FROM urn.participation(${orgId}, ${electionId})`;
  if (row === undefined) throw new Error('urn.participation answers one row');
  return row;
}

/** By name, after the voter `cursor`. */
export async function participants(
  sql: Sql,
  orgId: string,
  electionId: string,
  voted: boolean | null,
  cursor: string | null,
  limit: number,
): Promise<{ voter_id: string; name: string; voted: boolean }[]> {
  return sql<{ voter_id: string; name: string; voted: boolean }[]>`
    SELECT * FROM urn.participants(${orgId}, ${electionId}, ${voted}::boolean, ${cursor}::uuid, ${limit})`;
}

export interface BallotRow {
  tracking_code: Buffer;
  ballot: string;
  weight: bigint;
  voter: string | null;
}

export async function publishedBallots(
  sql: Sql,
  orgId: string,
  electionId: string,
  after: Buffer,
  limit: number,
): Promise<BallotRow[]> {
  return sql<BallotRow[]>`SELECT * FROM urn.published_ballots(${orgId}, ${electionId}, ${after}, ${limit})`;
}

export async function findBallot(
  sql: Sql,
  orgId: string,
  electionId: string,
  trackingCode: Buffer,
): Promise<BallotRow | undefined> {
  const [row] = await sql<
    Omit<BallotRow, 'tracking_code'>[]
  >`SELECT * FROM urn.find_ballot(${orgId}, ${electionId}, ${trackingCode})`;
  return row && { tracking_code: trackingCode, ...row };
}

/** False where what counts on paper has changed since `paperVersion`: then it has to be counted again. */
export async function storeResult(
  sql: Sql,
  orgId: string,
  electionId: string,
  result: unknown,
  tallyDigest: Buffer,
  paperVersion: number,
): Promise<boolean> {
  const [row] = await sql<{ stored: boolean }[]>`
    SELECT urn.store_result(${orgId}, ${electionId}, ${sql.json(result as never)}, ${tallyDigest}, ${paperVersion}) AS stored`;
  return row?.stored === true;
}

export async function selectResult(
  tx: Transaction,
  orgId: string,
  electionId: string,
): Promise<{ result: unknown; tally_digest: Buffer; current: boolean } | undefined> {
  const [row] = await tx<{ result: unknown; tally_digest: Buffer; current: boolean }[]>`
    SELECT r.result, r.tally_digest, r.paper_version = e.paper_version AS current
    FROM app.results r JOIN app.elections e ON e.org_id = r.org_id AND e.election_id = r.election_id
    WHERE r.org_id = ${orgId} AND r.election_id = ${electionId}`;
  return row;
}

/** What the clock has to do now, or within `aheadMs`. */
export interface DueElection {
  readonly orgId: string;
  readonly electionId: string;
  readonly act: 'open' | 'close' | 'seal';
  /** 0: now */
  readonly inMs: number;
}

export async function dueElections(sql: Sql, aheadMs: number): Promise<readonly DueElection[]> {
  const rows = await sql<{ org_id: string; election_id: string; act: DueElection['act']; in_ms: number }[]>`
    SELECT org_id, election_id, act, in_ms FROM door.due_elections(${aheadMs})`;
  return rows.map((row) => ({ orgId: row.org_id, electionId: row.election_id, act: row.act, inMs: row.in_ms }));
}
