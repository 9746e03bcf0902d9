/** One row of an organisation's log. */
export interface LogEntry {
  readonly orgId: string;
  /** 1, 2, 3 … in commit order, without gaps */
  readonly pos: number;
  /** the meeting or election that it is about */
  readonly topic: string;
  /** 'election.created', '.opened', '.ballots', '.closed', '.cancelled', '.counted', '.published', '.present'; 'meeting.created', '.joined'; 'access.revoked' */
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly at: Date;
}
