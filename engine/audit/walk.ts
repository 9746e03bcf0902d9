import { BEFORE_FIRST, type EntryDetails, hashOfDetails, hashOfEntry, hashOfOrigin } from './entry.ts';
import type { PublishedHead } from './heads.ts';
import type { StoredEntry } from './queries.ts';

/** What is wrong with a chain, and where. */
export type BreakKind =
  | 'changed' // an entry is not what its hash was made of
  | 'removed' // numbers are missing
  | 'reordered' // an entry follows another one than the one before it, or goes back in time
  | 'truncated' // the chain is shorter than it once was
  | 'rewritten' // a signed head names another hash for this entry
  | 'details_changed' // old and new values, or the origin, are not what the entry was made of
  | 'details_missing' // they are gone, and no entry says that they were erased
  | 'head_forged' // a signed head whose signature does not hold
  | 'head_unreadable' // a line that is no head
  | 'archive_changed' // a file is not the one that was written
  | 'archive_missing'
  | 'ballots'; // the urn holds another number of ballots than the chain

export interface Break {
  readonly kind: BreakKind;
  readonly orgId: string;
  /** the entry; null where it is about none */
  readonly seq: number | null;
  readonly message: string;
}

/** Where a walk begins: after this entry. */
export interface WalkStart {
  readonly seq: number;
  /** hex */
  readonly hash: string;
}

export const FROM_THE_FIRST: WalkStart = { seq: 0, hash: BEFORE_FIRST.toString('hex') };

/** What an archived month must be, as an entry of the chain says. */
export interface ArchiveFacts {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly fileHash: string;
}

/** Checks entries one after the other. Remembers what only the whole chain can tell. */
export class Walk {
  readonly #orgId: string;
  readonly #heads: ReadonlyMap<number, readonly PublishedHead[]>;
  readonly #ballotsUpTo: number;
  #seq: number;
  #hash: string;
  #chainedAt = '';
  /** ballots by election */
  readonly ballots = new Map<string, number>();
  readonly archives = new Map<string, ArchiveFacts>();
  readonly #erasedPersons = new Set<string>();
  /** details that are gone, by whom an entry audit.erased must name */
  readonly #gone = new Map<string, number>();
  bypassed = 0;
  erased = 0;
  entries = 0;

  /**
   * @param heads signed heads by the entry that they name
   * @param ballotsUpTo ballots of later log positions are not counted
   */
  constructor(
    orgId: string,
    start: WalkStart,
    heads: ReadonlyMap<number, readonly PublishedHead[]>,
    ballotsUpTo: number,
  ) {
    this.#orgId = orgId;
    this.#seq = start.seq;
    this.#hash = start.hash;
    this.#heads = heads;
    this.#ballotsUpTo = ballotsUpTo;
  }

  get seq(): number {
    return this.#seq;
  }

  get hash(): string {
    return this.#hash;
  }

  /** The next entry; null: it is what it should be. */
  step(stored: StoredEntry): Break | null {
    const { entry } = stored;
    const expected = this.#seq + 1;
    if (entry.seq > expected) return this.#missing(expected, entry.seq - 1);
    if (hashOfEntry(entry.prevHash, entry) !== entry.entryHash) {
      return this.#break(
        'changed',
        entry.seq,
        `entry ${entry.seq} (${entry.act} of ${entry.at}) was changed: its hash does not fit it`,
      );
    }
    if (entry.seq < expected || entry.prevHash !== this.#hash || entry.chainedAt < this.#chainedAt) {
      return this.#break(
        'reordered',
        entry.seq,
        `entry ${entry.seq} (${entry.act} of ${entry.at}) does not follow the one before it`,
      );
    }
    const head = this.#heads.get(entry.seq)?.find(({ entry_hash: hash }) => hash !== entry.entryHash);
    if (head !== undefined) {
      return this.#break(
        'rewritten',
        entry.seq,
        `the head signed on ${head.day} names another hash for entry ${entry.seq}: the chain was rewritten`,
      );
    }
    const wrong = this.#detailsProblem(stored);
    if (wrong !== null) return wrong;
    this.#remember(stored);
    this.#seq = entry.seq;
    this.#hash = entry.entryHash;
    this.#chainedAt = entry.chainedAt;
    return null;
  }

  /** What shows only when all entries were seen. @param end where the database says that the chain ends */
  finish(end: { readonly seq: number; readonly hash: string } | undefined): Break | null {
    if ((end?.seq ?? 0) !== this.#seq || (end !== undefined && end.hash !== this.#hash)) {
      const message = `the chain ends with entry ${this.#seq}, and should end with entry ${end?.seq ?? 0}`;
      return this.#break('truncated', this.#seq + 1, message);
    }
    const beyond = [...this.#heads.entries()].filter(([seq]) => seq > this.#seq).sort(([a], [b]) => a - b)[0];
    if (beyond !== undefined) {
      const [seq, [head]] = beyond;
      return this.#break(
        'truncated',
        this.#seq + 1,
        `the chain ends with entry ${this.#seq}, and the head signed on ${head?.day} names entry ${seq}`,
      );
    }
    for (const [person, seq] of this.#gone) {
      if (this.#erasedPersons.has(person)) continue;
      return this.#break(
        'details_missing',
        seq,
        `the details of entry ${seq} are gone, and no entry says that they were erased`,
      );
    }
    return null;
  }

  #missing(from: number, to: number): Break {
    const message = from === to ? `entry ${from} was removed` : `entries ${from} to ${to} were removed`;
    return this.#break('removed', from, message);
  }

  #detailsProblem({ entry, details }: StoredEntry): Break | null {
    const changed = (what: string) =>
      this.#break(
        'details_changed',
        entry.seq,
        `${what} of entry ${entry.seq} (${entry.act} of ${entry.at}) were changed`,
      );
    const missing = this.#break(
      'details_missing',
      entry.seq,
      `the details of entry ${entry.seq} (${entry.act} of ${entry.at}) are gone`,
    );
    if (entry.detailsHash !== null) {
      if (details === null) return missing;
      if (details.salt === null) {
        if (!details.erased || hasValues(details) || entry.person === null) return missing;
      } else if (hashOfDetails(details.salt, details) !== entry.detailsHash) return changed('old and new values');
    } else if (details !== null && (hasValues(details) || details.salt !== null)) return changed('old and new values');
    if (entry.originHash !== null) {
      if (details === null) return missing;
      if (details.originSalt === null || details.origin === null) {
        if (!details.originErased || details.origin !== null) return missing;
      } else if (hashOfOrigin(details.originSalt, details.origin) !== entry.originHash) return changed('the origin');
    } else if (details !== null && details.origin !== null) return changed('the origin');
    return null;
  }

  #remember({ entry, details }: StoredEntry): void {
    this.entries += 1;
    if (entry.bypassed) this.bypassed += 1;
    if (entry.detailsHash !== null && details?.salt === null) this.#noteGone(entry.person ?? '', entry.seq);
    if (entry.originHash !== null && details?.originSalt === null)
      this.#noteGone(entry.actor.split(':')[1] ?? '', entry.seq);
    const { facts } = entry;
    if (facts === null) return;
    if (entry.act === 'audit.erased' && Array.isArray(facts.persons)) {
      for (const person of facts.persons) this.#erasedPersons.add(String(person));
    }
    if (entry.act === 'audit.archived') {
      const archive = { fromSeq: Number(facts.from), toSeq: Number(facts.to), fileHash: String(facts.file) };
      this.archives.set(entry.subject.replace('audit/', ''), archive);
    }
    if (entry.act === 'ballots.cast' && Number(facts.pos) <= this.#ballotsUpTo) {
      const electionId = entry.subject.replace('elections/', '');
      this.ballots.set(electionId, (this.ballots.get(electionId) ?? 0) + Number(facts.ballots));
    }
  }

  #noteGone(person: string, seq: number): void {
    this.erased += 1;
    if (!this.#gone.has(person)) this.#gone.set(person, seq);
  }

  #break(kind: BreakKind, seq: number | null, message: string): Break {
    return { kind, orgId: this.#orgId, seq, message };
  }
}

function hasValues({ old, new: after }: EntryDetails): boolean {
  return old !== null || after !== null;
}
