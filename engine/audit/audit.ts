import type { SecretRing } from '../accounts/index.ts';
import { type Database, PLATFORM_CHAIN } from '../db/index.ts';
import { enqueueMails, type NewMail } from '../deliveries/index.ts';
import { guarded } from '../guarded.ts';
import type { LogRange } from '../jobs/index.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome } from '../outcome.ts';
import type { Page } from '../page.ts';
import { type ArchivedMonth, archiveMonths, eraseFromArchives, monthBefore } from './archive.ts';
import { Chain } from './chain.ts';
import { appendHead, readHeads } from './head-files.ts';
import * as heads from './head-queries.ts';
import { HeadSigner, type PublishedHead, publishedOf } from './heads.ts';
import * as queries from './queries.ts';
import { storedEntries, type Verification, type VerifyOptions, verifyChain } from './verify.ts';

/** The log's are made as far ahead. */
const PARTITIONS_AHEAD_MONTHS = 2;

/** An entry as auditors read it. */
export interface AuditRecord extends queries.StoredEntry {
  /** of the member, key or attendee that acted, where there is still one */
  readonly actorName: string | null;
}

/** How an organisation's chain stands. */
export interface AuditState {
  /** number of the newest entry; 0: none yet */
  readonly seq: number;
  /** hex; null without any entry */
  readonly hash: string | null;
  /** the newest signed head */
  readonly head: PublishedHead | null;
  /** the last verification by the workers */
  readonly check: heads.CheckRow | null;
}

/** What audits, and by whom it is signed. */
export interface AuditOptions {
  readonly ring: () => Promise<SecretRing>;
  /** in place of the database's clock, for tests; ISO 8601 with microseconds */
  readonly clock?: () => string;
}

/** Chains of what everybody did: appended by workers, read by auditors, verified by anybody who has the database. */
export class Audit {
  readonly #database: Database;
  readonly #chain: Chain;
  readonly #signer: HeadSigner;

  constructor(database: Database, options: AuditOptions) {
    this.#database = database;
    this.#chain = new Chain(database, options.clock);
    this.#signer = new HeadSigner(database, options.ring);
  }

  /** Appends batches of ballots and revocations of a run of log rows, each once. Throws the database's errors. @returns entries */
  chain(run: LogRange): Promise<number> {
    return this.#chain.logRun(run);
  }

  /** Appends what triggers have staged for one organisation (or the nil UUID). Throws the database's errors. @returns entries */
  chainChanges(orgId: string): Promise<number> {
    return this.#chain.changes(orgId);
  }

  /** The same for all organisations that have something staged. */
  async chainAllChanges(): Promise<void> {
    for (;;) {
      const behind = await this.#database.management.call((sql) =>
        queries.selectStagedBehind(sql, limits.auditReadRows),
      );
      if (behind.length === 0) return;
      for (const orgId of behind) await this.chainChanges(orgId);
    }
  }

  /** Newest first. */
  async list(orgId: string, query: queries.AuditQuery = {}): Promise<Outcome<Page<AuditRecord>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return guarded(async () => {
      const found = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectNewestEntries(tx, orgId, query, limit + 1),
      );
      const items = found.slice(0, limit);
      return accept({ items, nextCursor: found.length > limit ? String(items.at(-1)?.entry.seq) : null });
    });
  }

  async state(orgId: string): Promise<Outcome<AuditState>> {
    return guarded(async () => {
      const keys = await this.#signer.publicKeys();
      return this.#database.management.withOrg(orgId, async (tx) => {
        const end = await heads.selectChainEnd(tx, orgId);
        const head = (await heads.selectHeads(tx, orgId)).at(-1);
        const check = await heads.selectCheck(tx, orgId);
        return accept({
          seq: end?.seq ?? 0,
          hash: end === undefined || end.seq === 0 ? null : end.hash,
          head: head === undefined ? null : publishedOf(orgId, head, keys.get(head.kid) ?? Buffer.alloc(0)),
          check: check ?? null,
        });
      });
    });
  }

  /** Ids of all chains, the platform's (the nil UUID) too. Throws the database's errors. */
  async chains(): Promise<string[]> {
    const rows = await this.#database.management.call((sql) => queries.selectChains(sql, '1970-01-01'));
    return rows.map(({ orgId }) => orgId);
  }

  /** Walks a chain. Throws the database's errors. */
  verify(orgId: string, options: VerifyOptions = {}): Promise<Verification> {
    return verifyChain(this.#database, this.#signer, orgId, options);
  }

  /** All entries of a chain that lie in the database, oldest first, with their details. Throws the database's errors. */
  entries(orgId: string): AsyncIterable<queries.StoredEntry> {
    return storedEntries(this.#database, orgId, 0, null);
  }

  /**
   * Goes on from where the last check of each chain ended and keeps what it finds for the auditors' page. A chain that was
   * found broken is walked from its first entry again. Throws the database's errors.
   * @param headsFolder signed heads outside the database
   * @returns what was found broken
   */
  async check(headsFolder: string): Promise<readonly Verification[]> {
    const outside = await readHeads(headsFolder).catch(() => ({ heads: [] })); // none were written yet
    const broken: Verification[] = [];
    for (const orgId of await this.chains()) {
      const last = await this.#database.management.withOrg(orgId, (tx) => heads.selectCheck(tx, orgId));
      const start = last === undefined || last.problem !== null ? undefined : { seq: last.seq, hash: last.hash };
      const found = await this.verify(orgId, { heads: outside.heads, ...(start === undefined ? {} : { start }) });
      const check = {
        seq: found.seq,
        hash: found.hash,
        entries: found.entries,
        problem: found.problem?.message ?? null,
      };
      await this.#database.management.act((sql) => heads.keepCheck(sql, orgId, check));
      if (found.problem !== null) broken.push(found);
    }
    return broken;
  }

  /**
   * Signs today's head of every chain that has grown since its last one; keeps it in the database and in a file outside, and
   * writes to the administrators and auditors. Repeating it changes nothing. Throws the database's and file system's errors.
   * @param day YYYY-MM-DD; left out: today by the database's clock
   * @returns the day's heads of all chains
   */
  async publishHeads(folder: string, day?: string): Promise<readonly PublishedHead[]> {
    const { management } = this.#database;
    const today = day ?? (await management.call(heads.selectToday));
    const published: PublishedHead[] = [];
    for (const { orgId, seq, headSeq, today: signed } of await management.call((sql) =>
      queries.selectChains(sql, today),
    )) {
      if (!signed && seq === headSeq) continue;
      if (!signed) await this.#signHead(orgId, today);
      const [head] = await management.withOrg(orgId, (tx) => heads.selectHeads(tx, orgId, today));
      if (head === undefined) continue;
      const line = publishedOf(orgId, head, (await this.#signer.publicKeys()).get(head.kid) ?? Buffer.alloc(0));
      await appendHead(folder, line);
      if (orgId !== PLATFORM_CHAIN) await this.#mailHead(orgId, line);
      published.push(line);
    }
    return published;
  }

  /** Moves months older than the policy into files. Throws the database's and file system's errors. @param keepMonths whole months that stay beside the present one */
  async archive(folder: string, keepMonths: number): Promise<readonly ArchivedMonth[]> {
    const today = await this.#database.management.call(heads.selectToday);
    const archived = await archiveMonths(this.#database, folder, monthBefore(today, keepMonths));
    await eraseFromArchives(this.#database, folder);
    return archived;
  }

  /** Makes the months' partitions ahead. Throws the database's errors. */
  async makePartitions(): Promise<void> {
    await this.#database.management.call((sql) => queries.makePartitions(sql, PARTITIONS_AHEAD_MONTHS));
  }

  async #signHead(orgId: string, day: string): Promise<void> {
    const { management } = this.#database;
    const end = await management.withOrg(orgId, (tx) => heads.selectChainEnd(tx, orgId));
    if (end === undefined || end.seq === 0) return;
    const head = await this.#signer.sign(orgId, {
      day,
      seq: end.seq,
      entryHash: end.hash,
      at: new Date().toISOString(),
    });
    await management.withOrg(orgId, (tx) => heads.keepHead(tx, orgId, head));
  }

  async #mailHead(orgId: string, head: PublishedHead): Promise<void> {
    const { management } = this.#database;
    const { organisation, readers } = await management.withOrg(orgId, (tx) => heads.selectHeadReaders(tx, orgId));
    const mails = readers.map(
      ({ memberId, email, name, locale }): NewMail => ({
        orgId,
        to: email,
        locale,
        template: 'audit-head',
        data: { name, organisation, day: head.day, entries: head.seq, line: JSON.stringify(head) },
        key: `audit-head:${head.day}:${memberId}`,
      }),
    );
    await management.call((sql) => enqueueMails(sql, mails), limits.mailQueueTimeoutMs);
  }
}
