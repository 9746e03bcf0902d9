import { asOwner } from './owner.ts';

/** What a restored copy says of itself; read as the superuser, who sees every organisation. */
export interface CopyFacts {
  readonly epoch: string;
  readonly migration: string;
  readonly organisations: number;
  readonly elections: number;
  readonly ballots: number;
  readonly logRows: number;
  /** sum of the heads of all logs */
  readonly logPositions: number;
  /** organisations whose log has a gap, or another end than its head says */
  readonly brokenLogs: readonly { readonly orgId: string; readonly problem: string }[];
  /** elections whose ballots, spent credentials, log rows and result do not say the same number */
  readonly unequal: readonly UnequalElection[];
  /** elections that have been counted, for a recount */
  readonly counted: readonly { readonly orgId: string; readonly electionId: string }[];
}

export interface UnequalElection {
  readonly orgId: string;
  readonly electionId: string;
  readonly state: string;
  readonly ballots: number;
  readonly spent: number;
  readonly announced: number;
}

const SUMMARY = `
  SELECT (SELECT epoch FROM app.epoch) AS epoch, (SELECT max(name) FROM history.files WHERE kind = 'migration') AS migration,
    (SELECT count(*)::integer FROM app.organisations) AS organisations,
    (SELECT count(*)::float8 FROM app.log) AS log_rows, (SELECT coalesce(sum(pos), 0)::float8 FROM app.log_head) AS positions`;

/** A log that was shortened by policy begins later than 1; it still ends at its head and has no gap. */
const LOGS = `
  SELECT coalesce(h.org_id, l.org_id) AS org_id, coalesce(h.pos, 0)::float8 AS head, coalesce(l.n, 0)::float8 AS n,
    l.first::float8 AS first, l.last::float8 AS last
  FROM app.log_head h
  FULL JOIN (SELECT org_id, count(*) AS n, min(pos) AS first, max(pos) AS last FROM app.log GROUP BY org_id) l USING (org_id)
  WHERE coalesce(h.pos, 0) <> coalesce(l.last, 0) OR l.n <> l.last - l.first + 1`;

const ELECTIONS = `
  SELECT e.org_id, e.election_id, e.state, e.sealed_at IS NOT NULL AS sealed,
    coalesce(c.spent, 0)::float8 AS spent, coalesce(b.n, 0)::float8 AS box, coalesce(a.n, 0)::float8 AS announced,
    r.election_id IS NOT NULL AS counted,
    coalesce((SELECT min(l.pos) > 1 FROM app.log l WHERE l.org_id = e.org_id), false) AS shortened,
    to_regclass('urn.inbox_' || replace(e.election_id::text, '-', ''))::text AS inbox
  FROM app.elections e
  LEFT JOIN (SELECT org_id, election_id, count(*) FILTER (WHERE spend_key IS NOT NULL) AS spent FROM urn.credential GROUP BY 1, 2) c
    USING (org_id, election_id)
  LEFT JOIN (SELECT org_id, election_id, count(*) AS n FROM urn.box GROUP BY 1, 2) b USING (org_id, election_id)
  LEFT JOIN (SELECT org_id, topic, sum((payload ->> 'size')::bigint) AS n FROM app.log WHERE kind = 'election.ballots' GROUP BY 1, 2) a
    ON a.org_id = e.org_id AND a.topic = e.election_id
  LEFT JOIN app.results r ON r.org_id = e.org_id AND r.election_id = e.election_id
  WHERE e.state <> 'draft'`;

interface ElectionRow {
  readonly org_id: string;
  readonly election_id: string;
  readonly state: string;
  readonly sealed: boolean;
  readonly spent: number;
  readonly box: number;
  readonly announced: number;
  readonly counted: boolean;
  readonly shortened: boolean;
  readonly inbox: string | null;
}

/**
 * Counts what a copy holds, each thing in more than one place.
 * @param url of the copy's superuser
 */
export function readCopy(url: string): Promise<CopyFacts> {
  return asOwner(url, async (client) => {
    const [summary] = (await client.query(SUMMARY)).rows;
    const logs = (await client.query(LOGS)).rows;
    const { rows: elections } = await client.query<ElectionRow>(ELECTIONS);
    const unequal: UnequalElection[] = [];
    let ballots = 0;
    for (const election of elections) {
      const inbox = election.sealed || election.inbox === null ? 0 : await inboxSize(election.inbox);
      const found = election.box + inbox;
      ballots += found;
      const announced = election.shortened ? found : election.announced; // its beginning may have been archived
      if (found === election.spent && found === announced) continue;
      const { org_id: orgId, election_id: electionId, state, spent } = election;
      unequal.push({ orgId, electionId, state, ballots: found, spent, announced: election.announced });
    }
    return {
      epoch: summary.epoch,
      migration: summary.migration,
      organisations: summary.organisations,
      elections: elections.length,
      ballots,
      logRows: summary.log_rows,
      logPositions: summary.positions,
      brokenLogs: logs.map(({ org_id, head, n, first, last }) => ({
        orgId: org_id,
        problem: `its head is ${head}, and there are ${n} rows from ${first ?? '–'} to ${last ?? '–'}`,
      })),
      unequal,
      counted: elections
        .filter(({ counted, state }) => counted && state !== 'cancelled')
        .map(({ org_id, election_id }) => ({ orgId: org_id, electionId: election_id })),
    };

    async function inboxSize(table: string): Promise<number> {
      const { rows } = await client.query<{ n: number }>(`SELECT coalesce(sum(size), 0)::float8 AS n FROM ${table}`);
      return rows[0]?.n ?? 0;
    }
  });
}
