import type postgres from 'postgres';

/** SQL of the auditor of effects, as superuser of the fault test's own server. */

/** So many of something, in words. */
export interface Counted {
  readonly what: string;
  readonly count: number;
}

/** The database's clock, as text. */
export async function selectNow(sql: postgres.Sql): Promise<string> {
  const [row] = await sql<{ now: string }[]>`SELECT clock_timestamp()::text AS now`;
  return row?.now ?? '';
}

/**
 * What has not taken effect yet. Nothing: every consumer stands at the head of every log, nothing is staged, and no job waits
 * or is in work.
 * @param since figures of queues that are older say nothing
 */
export async function selectWaiting(sql: postgres.Sql, since: string): Promise<Counted[]> {
  const rows = await sql<{ what: string; count: string }[]>`
    SELECT 'log rows that are in no job' AS what, sum(h.pos - coalesce(r.pos, 0)) AS count
    FROM app.log_head h LEFT JOIN app.relay_cursors r ON r.org_id = h.org_id
    UNION ALL
    SELECT 'log rows that "' || n.consumer || '" has not taken in', sum(h.pos - coalesce(c.pos, 0))
    FROM app.log_head h CROSS JOIN (SELECT unnest(ARRAY['audit', 'notify']) AS consumer UNION SELECT consumer FROM app.consumer_cursors) n
    LEFT JOIN app.consumer_cursors c ON c.org_id = h.org_id AND c.consumer = n.consumer GROUP BY n.consumer
    UNION ALL
    SELECT 'log rows that webhooks have not taken in', sum(h.pos - w.pos) FROM app.webhook_cursors w JOIN app.log_head h ON h.org_id = w.org_id
    UNION ALL
    SELECT 'changes that are in no audit chain', count(*) FROM app.audit_staged
    UNION ALL
    SELECT 'changes that the search has not taken in', count(*) FROM app.search_dirty
    UNION ALL
    SELECT 'documents that the search server has not got', count(*) FROM app.search_outbox
    UNION ALL
    SELECT 'events of which not everybody was told', count(*) FROM app.notification_events WHERE spread_at IS NULL
    UNION ALL
    SELECT 'jobs of the queue "' || queue || '" that wait or are in work', waiting + active FROM app.queue_stats
    UNION ALL
    SELECT 'queues whose workers tell nothing', count(*) FROM app.queue_stats WHERE measured_at < ${since}::text::timestamptz
    UNION ALL
    SELECT 'queues at all', CASE WHEN EXISTS (SELECT FROM app.queue_stats) THEN 0 ELSE 1 END`;
  return rows.map(({ what, count }) => ({ what, count: Number(count ?? 0) })).filter(({ count }) => count !== 0);
}

/** Batches of ballots in the logs that no entry of their audit chain names. */
export async function selectUnchainedBatches(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ batch: string }[]>`
    SELECT l.topic || ' at ' || l.pos AS batch FROM app.log l
    WHERE l.kind = 'election.ballots' AND NOT EXISTS (SELECT FROM app.audit_entries e
      WHERE e.org_id = l.org_id AND e.act = 'ballots.cast' AND e.subject = 'elections/' || l.topic
        AND (e.facts->>'pos')::bigint = l.pos AND e.facts->'ballots' = l.payload->'size')
    ORDER BY 1`;
  return rows.map(({ batch }) => batch);
}

/** Batches that are chained more than once, once for each time too many. */
export async function selectBatchesChainedAgain(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ batch: string; times: string }[]>`
    SELECT e.subject || ' at ' || (e.facts->>'pos') AS batch, count(*) AS times FROM app.audit_entries e
    WHERE e.act = 'ballots.cast' GROUP BY e.org_id, e.subject, e.facts->>'pos' HAVING count(*) > 1 ORDER BY 1`;
  return rows.flatMap(({ batch, times }) => Array<string>(Number(times) - 1).fill(batch));
}

/** Members who were invited to a meeting, and how often they were told so, where that is not once. */
export async function selectWronglyInvited(
  sql: postgres.Sql,
): Promise<{ readonly invitation: string; readonly times: number }[]> {
  const rows = await sql<{ invitation: string; times: string }[]>`
    SELECT 'member ' || i.member_id || ' to meeting ' || i.meeting_id AS invitation, t.times FROM app.meeting_invitees i
    CROSS JOIN LATERAL (SELECT count(*) AS times FROM app.notification_events e
      JOIN app.notifications n ON n.org_id = e.org_id AND n.event = e.event
      WHERE e.org_id = i.org_id AND e.subject = i.meeting_id AND e.kind = 'meeting.invitation' AND n.member_id = i.member_id) t
    WHERE t.times <> 1 ORDER BY 1`;
  return rows.map(({ invitation, times }) => ({ invitation, times: Number(times) }));
}

/** How many there are of each, so that an audit of nothing is not taken for a good one. */
export async function countEffects(
  sql: postgres.Sql,
): Promise<{ readonly batches: number; readonly invitations: number }> {
  const [row] = await sql<{ batches: string; invitations: string }[]>`
    SELECT (SELECT count(*) FROM app.audit_entries WHERE act = 'ballots.cast') AS batches,
      (SELECT count(*) FROM app.notifications) AS invitations`;
  return { batches: Number(row?.batches), invitations: Number(row?.invitations) };
}
