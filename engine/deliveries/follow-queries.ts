import type { Transaction } from '../db/index.ts';

/** SQL that turns an organisation's log into deliveries. */

/** The cursor, held until the transaction ends; undefined where nobody listens any more. */
export async function takeCursor(tx: Transaction, orgId: string): Promise<number | undefined> {
  const [row] = await tx<{ pos: bigint }[]>`
    SELECT pos FROM app.webhook_cursors WHERE org_id = ${orgId} FOR UPDATE`;
  return row && Number(row.pos);
}

export async function moveCursor(tx: Transaction, orgId: string, pos: number): Promise<void> {
  await tx`UPDATE app.webhook_cursors SET pos = ${pos} WHERE org_id = ${orgId}`;
}

export interface Listener {
  readonly webhookId: string;
  readonly events: readonly string[];
  /** it is told what comes after this position */
  readonly fromPos: number;
}

export async function selectListeners(tx: Transaction, orgId: string): Promise<Listener[]> {
  const rows = await tx<{ webhook_id: string; events: string; from_pos: bigint }[]>`
    SELECT webhook_id, array_to_string(events, ',') AS events, from_pos FROM app.webhooks
    WHERE org_id = ${orgId} AND state = 'active' ORDER BY created_at, webhook_id`;
  return rows.map((row) => ({
    webhookId: row.webhook_id,
    events: row.events.split(','),
    fromPos: Number(row.from_pos),
  }));
}

const uuids = (ids: Iterable<string>) => `{${[...ids].join(',')}}`;

export interface ElectionFacts {
  readonly election_id: string;
  readonly meeting_id: string | null;
  readonly title: string;
  readonly closes_at: Date | null;
}

export async function selectElectionFacts(
  tx: Transaction,
  orgId: string,
  ids: Iterable<string>,
): Promise<Map<string, ElectionFacts>> {
  const rows = await tx<ElectionFacts[]>`SELECT election_id, meeting_id, title, closes_at FROM app.elections
    WHERE org_id = ${orgId} AND election_id = ANY (${uuids(ids)}::text::uuid[])`;
  return new Map(rows.map((row) => [row.election_id, row]));
}

export async function selectMeetingTitles(
  tx: Transaction,
  orgId: string,
  ids: Iterable<string>,
): Promise<Map<string, string>> {
  const rows = await tx<{ meeting_id: string; title: string }[]>`SELECT meeting_id, title FROM app.meetings
    WHERE org_id = ${orgId} AND meeting_id = ANY (${uuids(ids)}::text::uuid[])`;
  return new Map(rows.map((row) => [row.meeting_id, row.title]));
}

/** How many hold a credential and how many have cast. */
export interface Turnout {
  readonly roll: number;
  readonly voted: number;
}

export async function selectTurnout(tx: Transaction, orgId: string, electionId: string): Promise<Turnout> {
  const [row] = await tx<{ roll: bigint; voted: bigint }[]>`
    SELECT roll, voted FROM urn.participation(${orgId}, ${electionId})`;
  return { roll: Number(row?.roll ?? 0), voted: Number(row?.voted ?? 0) };
}

/** Turnout as the cursor has seen it: at most what it was, at least the milestone that was told last. */
export interface Progress {
  readonly castCount: number;
  readonly roll: number;
  /** percent of the roll */
  readonly reached: number;
}

export async function selectProgress(
  tx: Transaction,
  orgId: string,
  ids: Iterable<string>,
): Promise<Map<string, Progress>> {
  const rows = await tx<{ election_id: string; cast_count: bigint; roll: bigint; reached: number }[]>`
    SELECT election_id, cast_count, roll, reached FROM app.webhook_milestones
    WHERE org_id = ${orgId} AND election_id = ANY (${uuids(ids)}::text::uuid[])`;
  return new Map(
    rows.map((row) => [
      row.election_id,
      { castCount: Number(row.cast_count), roll: Number(row.roll), reached: row.reached },
    ]),
  );
}

export async function saveProgress(
  tx: Transaction,
  orgId: string,
  electionId: string,
  progress: Progress | null,
): Promise<void> {
  if (progress === null) {
    await tx`DELETE FROM app.webhook_milestones WHERE org_id = ${orgId} AND election_id = ${electionId}`;
    return;
  }
  const { castCount, roll, reached } = progress;
  await tx`INSERT INTO app.webhook_milestones (org_id, election_id, cast_count, roll, reached)
    VALUES (${orgId}, ${electionId}, ${castCount}, ${roll}, ${reached})
    ON CONFLICT (org_id, election_id) DO UPDATE SET cast_count = excluded.cast_count, roll = excluded.roll, reached = excluded.reached`;
}
