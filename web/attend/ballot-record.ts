import { type Signal, signal } from '@preact/signals';
import { newCastKey } from '../../client/index.ts';
import { readStored, writeStored } from '../ui/stored.ts';
import type { BallotContent } from './ballots/content.ts';

/** Why a ballot did not count, in the terms that a voter is told. */
export type Refusal =
  | 'elsewhere' // another device has used this right to vote
  | 'not-open'
  | 'closed'
  | 'cancelled'
  | 'not-on-roll'
  | 'invalid'
  | 'signed-out'
  | 'failed';

/**
 * What this device knows of one voter's ballot in one election. The cast key is made with the ballot and stays with it
 * until the answer is known: a reload in the middle repeats the very same cast, which cannot count twice.
 */
export interface BallotRecord {
  readonly castKey: string;
  /** draft: being filled in; sending: on its way, its fate not known; cast: in the urn; refused: final, not counted */
  readonly state: 'draft' | 'sending' | 'cast' | 'refused';
  readonly content: BallotContent | undefined;
  readonly refusal: Refusal | undefined;
  readonly trackingCode: string | undefined;
  /** while sending: it was received and is not counted yet */
  readonly queued?: boolean | undefined;
  /** ISO 8601, of the answer */
  readonly at: string | undefined;
}

const PREFIX = 'psephos.ballot.';

function isRecord(value: unknown): value is BallotRecord {
  const record = value as BallotRecord | undefined;
  return typeof record?.castKey === 'string' && typeof record.state === 'string';
}

function newRecord(): BallotRecord {
  return {
    castKey: newCastKey(),
    state: 'draft',
    content: undefined,
    refusal: undefined,
    trackingCode: undefined,
    at: undefined,
  };
}

/** Ballots of one voter on this device, kept through reloads and shared by its tabs. */
export class BallotRecords {
  readonly #prefix: string;
  readonly #records = new Map<string, Signal<BallotRecord>>();

  /** @param voter tells voters of one device apart */
  constructor(voter: string) {
    this.#prefix = `${PREFIX}${voter}.`;
    addEventListener('storage', ({ key }) => this.#reread(key));
  }

  /** The record of an election; made with its cast key where there is none. */
  of(electionId: string): Signal<BallotRecord> {
    let record = this.#records.get(electionId);
    if (record === undefined) {
      const stored = readStored(this.#prefix + electionId);
      record = signal(isRecord(stored) ? stored : newRecord());
      this.#records.set(electionId, record);
    }
    return record;
  }

  change(electionId: string, change: Partial<BallotRecord>): void {
    const record = this.of(electionId);
    record.value = { ...record.value, ...change };
    writeStored(this.#prefix + electionId, record.value);
  }

  /** What is stored at this moment: another tab may have been quicker than its event. */
  latest(electionId: string): BallotRecord {
    const stored = readStored(this.#prefix + electionId);
    return isRecord(stored) ? stored : this.of(electionId).value;
  }

  /** What another tab knows better: a ballot that is cast, or on its way. */
  #reread(key: string | null): void {
    if (key === null || !key.startsWith(this.#prefix)) return;
    const record = this.#records.get(key.slice(this.#prefix.length));
    const stored = readStored(key);
    if (record !== undefined && isRecord(stored) && record.value.state !== 'cast') record.value = stored;
  }
}
