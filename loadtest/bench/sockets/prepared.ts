import { castFields } from '../../../client/frame-socket.ts';
import { BALLOTS, castKeys } from '../poll.ts';
import { quantile } from '../quantiles.ts';
import type { CastReport, PrepareCoinsOrder, PrepareOrder } from './orders.ts';
import { textFrame } from './raw-socket.ts';

const CODE_CHARACTERS = 32;
const ID_START = '{"id":'.length;
const OK_VALUE = ',"ok":'.length;
const CODE_END = '"}'.length;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const LETTER_T = 't'.charCodeAt(0);

/** Casts of voters `from` to `upto` - 1. */
export function preparedBallots({ electionId, prefix, from, upto }: PrepareOrder): Prepared {
  const ballots = BALLOTS.map((ballot) => JSON.stringify(ballot));
  const keys = castKeys(upto - from);
  const fieldsOf = (i: number) => {
    const ballot = ballots[(from + i) % ballots.length] as string;
    return castFields(electionId, ballot, keys[i] as string, `${prefix}${from + i}`);
  };
  return new Prepared(upto - from, fieldsOf, true);
}

/** Gifts of one coin each. */
export function preparedCoins({ campaign, requestIds, ideaIds }: PrepareCoinsOrder): Prepared {
  const fieldsOf = (i: number) =>
    `"op":"allocate","campaign":"${campaign}","idea_id":"${ideaIds[i]}","amount":1,"request_id":"${requestIds[i]}"`;
  return new Prepared(requestIds.length, fieldsOf, false);
}

/**
 * The casts of one order: frames made before the clock runs, then when each was due and what came of it. A cast's
 * number is the id of its frame.
 */
export class Prepared {
  readonly count: number;
  /** all frames, one after the other, and where each begins */
  readonly #frames: Buffer;
  readonly #starts: Uint32Array;
  readonly #dueAt: Float64Array;
  readonly #tookMs: Float64Array;
  /** where accepted ones are known by a code at the end of the reply */
  readonly #codes: Buffer | undefined;
  readonly #acceptedNumbers: number[] = [];
  readonly #answered: Uint8Array;
  readonly #refused: Record<string, number> = {};
  answered = 0;
  #accepted = 0;
  #startedAt = 0;
  #endedAt = 0;

  /** @param fieldsOf a frame's fields but its id, as JSON without braces */
  constructor(count: number, fieldsOf: (number: number) => string, hasCodes: boolean) {
    this.count = count;
    this.#starts = new Uint32Array(this.count + 1);
    const frames: Buffer[] = [];
    for (let i = 0; i < this.count; i += 1) {
      const frame = textFrame(`{"id":${i},${fieldsOf(i)}}`);
      frames.push(frame);
      this.#starts[i + 1] = (this.#starts[i] as number) + frame.length;
    }
    this.#frames = Buffer.concat(frames);
    this.#dueAt = new Float64Array(this.count);
    this.#tookMs = new Float64Array(this.count);
    this.#codes = hasCodes ? Buffer.alloc(this.count * CODE_CHARACTERS) : undefined;
    this.#answered = new Uint8Array(this.count);
  }

  start(now: number): void {
    this.#startedAt = now;
  }

  /** Frames `from` to `upto` - 1 as one piece of bytes; they count as due at `now`. */
  take(from: number, upto: number, now: number): Buffer {
    this.#dueAt.fill(now, from, upto);
    return this.#frames.subarray(this.#starts[from], this.#starts[upto]);
  }

  /** Takes a reply, read from the bytes: parsing JSON would cost more than all the rest. False for what is none. */
  settle(bytes: Buffer, from: number, upto: number, now: number): boolean {
    let at = from + ID_START;
    let id = 0;
    for (let digit = bytes[at] as number; digit >= DIGIT_0 && digit <= DIGIT_9; digit = bytes[at] as number) {
      id = id * 10 + digit - DIGIT_0;
      at += 1;
    }
    if (at === from + ID_START || id >= this.count || this.#answered[id] === 1) return false;
    this.#answered[id] = 1;
    this.answered += 1;
    this.#endedAt = now;
    this.#tookMs[id] = now - (this.#dueAt[id] as number);
    if (bytes[at + OK_VALUE] === LETTER_T) {
      const end = upto - CODE_END;
      if (this.#codes === undefined) this.#acceptedNumbers.push(id);
      else bytes.copy(this.#codes, this.#accepted * CODE_CHARACTERS, end - CODE_CHARACTERS, end);
      this.#accepted += 1;
    } else this.#refuse(bytes.toString('utf8', from, upto));
    return true;
  }

  report(sent = this.count): CastReport {
    const latencies = this.#tookMs.filter((_, i) => this.#answered[i] === 1);
    return {
      acceptedNumbers: this.#acceptedNumbers,
      trackingCodes: this.#codes?.toString('latin1', 0, this.#accepted * CODE_CHARACTERS) ?? '',
      accepted: this.#accepted,
      refused: this.#refused,
      unanswered: sent - this.answered,
      elapsedMs: this.#endedAt - this.#startedAt,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      maxMs: quantile(latencies, 1),
    };
  }

  #refuse(text: string): void {
    const { error } = JSON.parse(text) as { readonly error: { readonly code: string } };
    this.#refused[error.code] = (this.#refused[error.code] ?? 0) + 1;
  }
}
