import { randomBytes, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import type { Sql } from '../../engine/db/index.ts';
import type { ElectionState } from '../../engine/elections/election.ts';
import { credentialOfToken, keysOf } from '../../engine/elections/keys.ts';
import * as queries from '../../engine/elections/queries.ts';

export type DatabaseRole =
  | 'psephos_app'
  | 'psephos_worker'
  | 'psephos_auditor'
  | 'psephos_urn'
  | 'psephos_owner'
  | 'psephos_door';

export interface TestCast {
  readonly credential: string;
  readonly castKey: string;
  /** in canonical form; '' = blank */
  readonly ballot: string;
}

export interface TestElectionInput {
  readonly secrecy?: 'secret' | 'named';
  readonly secretStep?: number;
  readonly meetingId?: string;
  readonly closesAt?: Date;
}

/** Any limit that no test reaches. */
const CREDENTIALS_MAX = 1_000_000;

/** A client whose every connection acts as one of the product's roles, or as the superuser. */
export function connectAs(ownerUrl: string, role: DatabaseRole | null, connections = 1): Sql {
  return postgres(ownerUrl, {
    max: connections,
    types: { bigint: postgres.BigInt },
    fetch_types: false,
    onnotice: () => {},
    ...(role === null ? {} : { connection: { role } }),
  });
}

/** A first cast of a credential, with a key of its own. */
export function castOf(credential: string, ballot: string): TestCast {
  return { credential, castKey: randomBytes(16).toString('hex'), ballot };
}

/** The urn as its functions show it, without lanes and rules: statements run as the application's role. */
export class TestUrn {
  readonly app: Sql;
  readonly superuser: Sql;

  constructor(ownerUrl: string, connections = 1) {
    this.app = connectAs(ownerUrl, 'psephos_app', connections);
    this.superuser = connectAs(ownerUrl, null, 1);
  }

  async organisation(): Promise<string> {
    const orgId = randomUUID();
    await this.superuser`INSERT INTO app.organisations (org_id, name) VALUES (${orgId}, 'Test')`;
    return orgId;
  }

  /** A draft. */
  async election(orgId: string, input: TestElectionInput = {}): Promise<TestElection> {
    const electionId = randomUUID();
    await this.superuser`
      INSERT INTO app.elections (org_id, election_id, meeting_id, title, method, options, rules, secrecy, visibility, roll,
        secret_step, closes_at, changed_pos)
      VALUES (${orgId}, ${electionId}, ${input.meetingId ?? null}, 'Test', '{}', '[]', '{}', ${input.secrecy ?? 'secret'},
        'live', ${input.meetingId === undefined ? 'tokens' : 'meeting'}, ${input.secretStep ?? 3}, ${input.closesAt ?? null}, 0)`;
    return new TestElection(this, orgId, electionId);
  }

  /** An open election of an organisation of its own with `voters` credentials of weight 1. */
  async openElection(
    voters: number,
    input: TestElectionInput = {},
  ): Promise<{ election: TestElection; credentials: string[] }> {
    const election = await this.election(await this.organisation(), input);
    const credentials = await election.issue(voters);
    await election.change('open');
    return { election, credentials };
  }

  /** Until a connection to this database waits for a lock. */
  async untilSomebodyWaits(): Promise<void> {
    for (;;) {
      const waiting = await this.superuser`SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND NOT l.granted`;
      if (waiting.length > 0) return;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.app.end(), this.superuser.end()]);
  }
}

export class TestElection {
  readonly orgId: string;
  readonly electionId: string;
  readonly #urn: TestUrn;

  constructor(urn: TestUrn, orgId: string, electionId: string) {
    this.#urn = urn;
    this.orgId = orgId;
    this.electionId = electionId;
  }

  /** The election's inbox, for the superuser's eyes. */
  get inbox(): string {
    return `urn.inbox_${this.electionId.replaceAll('-', '')}`;
  }

  /** @param weights micro-units, for each credential in turn; 1 vote where there are fewer */
  async issue(voters: number, weights: readonly bigint[] = []): Promise<string[]> {
    const credentials = Array.from({ length: voters }, () => credentialOfToken(randomUUID()));
    const { issued } = await queries.issueCredentials(
      this.#urn.app,
      this.orgId,
      this.electionId,
      Buffer.from(credentials.join(''), 'hex'),
      credentials.map((_, i) => weights[i] ?? 1_000_000n),
      CREDENTIALS_MAX,
    );
    if (issued !== voters) throw new Error(`${issued} of ${voters} credentials were issued`);
    return credentials;
  }

  /** One batch; answers one character a ballot. */
  cast(casts: readonly TestCast[], sql: Sql = this.#urn.app): Promise<string> {
    const keys = casts.map(({ credential, castKey, ballot }) => keysOf(this.electionId, credential, castKey, ballot));
    const ballots = casts.map(({ ballot }) => ballot);
    return queries.castBallots(sql, this.orgId, this.electionId, keys.join(''), ballots.join('\u001e'));
  }

  change(to: ElectionState, sql: Sql = this.#urn.app): Promise<string> {
    return queries.changeState(sql, this.orgId, this.electionId, to, null, false, 'test');
  }

  /** @returns ballots in the box; null where there was nothing to seal */
  async seal(sql: Sql = this.#urn.app): Promise<number | null> {
    const [row] = await sql<
      { ballots: bigint | null }[]
    >`SELECT urn.seal(${this.orgId}, ${this.electionId}) AS ballots`;
    return row?.ballots == null ? null : Number(row.ballots);
  }

  follow(afterPos: number, sql: Sql = this.#urn.app): Promise<queries.TallyStep> {
    return queries.followTally(sql, this.orgId, this.electionId, afterPos);
  }

  takeSnapshot(sql: Sql = this.#urn.app): Promise<void> {
    return queries.takeSnapshot(sql, this.orgId, this.electionId);
  }

  participation() {
    return queries.participation(this.#urn.app, this.orgId, this.electionId);
  }

  /** What count_box answers: ballots of the box as patterns. */
  count(): Promise<queries.TallyStep['patterns']> {
    return queries.countBox(this.#urn.app, this.orgId, this.electionId);
  }

  /** The rows of the box as a superuser finds them, in the order in which they lie on disk. */
  box() {
    return this.#urn.superuser<
      { tracking_code: Buffer; ballot: string; weight: bigint; voter: Buffer | null; xmin: string }[]
    >`SELECT tracking_code, ballot, weight, voter, xmin::text FROM urn.box
      WHERE org_id = ${this.orgId} AND election_id = ${this.electionId} ORDER BY ctid`;
  }
}
