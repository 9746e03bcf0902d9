import type { Transaction } from '../db/index.ts';
import type { Agenda, AgendaItem, AgendaItemKind } from './agenda-item.ts';
import { listOf } from './queries.ts';

/** SQL of agendas. */

interface ItemRow {
  item_id: string;
  kind: AgendaItemKind;
  title: string;
  body: string;
  minutes: number | null;
  election_id: string | null;
  opened: boolean;
}

function itemOf(row: ItemRow): AgendaItem {
  return {
    itemId: row.item_id,
    kind: row.kind,
    title: row.title,
    body: row.body,
    minutes: row.minutes,
    electionId: row.election_id,
  };
}

export async function selectAgenda(tx: Transaction, orgId: string, meetingId: string): Promise<Agenda | undefined> {
  const [meeting] = await tx<{ current_item_id: string | null }[]>`
    SELECT current_item_id FROM app.meetings WHERE org_id = ${orgId} AND meeting_id = ${meetingId}`;
  if (meeting === undefined) return undefined;
  const rows = await tx<ItemRow[]>`
    SELECT i.item_id, i.kind, i.title, i.body, i.minutes, i.election_id, e.opened_at IS NOT NULL AS opened
    FROM app.agenda_items i LEFT JOIN app.elections e ON e.org_id = i.org_id AND e.election_id = i.election_id
    WHERE i.org_id = ${orgId} AND i.meeting_id = ${meetingId} ORDER BY i.position, i.item_id`;
  const opened = new Set(rows.flatMap((row) => (row.opened && row.election_id !== null ? [row.election_id] : [])));
  return { items: rows.map(itemOf), currentItemId: meeting.current_item_id, opened };
}

export async function insertItem(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  item: AgendaItem,
  position: number,
): Promise<void> {
  await tx`INSERT INTO app.agenda_items (org_id, item_id, meeting_id, position, kind, title, body, minutes, election_id)
    VALUES (${orgId}, ${item.itemId}, ${meetingId}, ${position}, ${item.kind}, ${item.title}, ${item.body}, ${item.minutes}, ${item.electionId})`;
}

export async function updateItem(tx: Transaction, orgId: string, item: AgendaItem): Promise<void> {
  await tx`UPDATE app.agenda_items SET title = ${item.title}, body = ${item.body}, minutes = ${item.minutes}, election_id = ${item.electionId}
    WHERE org_id = ${orgId} AND item_id = ${item.itemId}`;
}

export async function deleteItem(tx: Transaction, orgId: string, itemId: string): Promise<void> {
  await tx`DELETE FROM app.agenda_items WHERE org_id = ${orgId} AND item_id = ${itemId}`;
}

/** Gives the items the places that they have in the list. */
export async function updateOrder(tx: Transaction, orgId: string, itemIds: readonly string[]): Promise<void> {
  await tx`UPDATE app.agenda_items i SET position = o.place::int - 1
    FROM unnest(${listOf(itemIds)}::text::uuid[]) WITH ORDINALITY o (item_id, place)
    WHERE i.org_id = ${orgId} AND i.item_id = o.item_id AND i.position <> o.place::int - 1`;
}

export async function updateCurrent(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  itemId: string | null,
): Promise<void> {
  await tx`UPDATE app.meetings SET current_item_id = ${itemId} WHERE org_id = ${orgId} AND meeting_id = ${meetingId}`;
}

export async function isElectionOf(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  electionId: string,
): Promise<boolean> {
  const rows = await tx`SELECT FROM app.elections
    WHERE org_id = ${orgId} AND election_id = ${electionId} AND meeting_id = ${meetingId}`;
  return rows.length > 0;
}
