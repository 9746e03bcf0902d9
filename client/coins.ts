import type { AllocationReceiptView } from '../protocol/coins.ts';
import type { SocketError } from '../protocol/errors.ts';
import type { Refusal, ReplyOf } from '../protocol/frames.ts';
import type { ClientCode, Details } from './errors.ts';
import type { Link } from './link.ts';
import { isPassing, RETRIES_MAX, retryDelayMs, sleep } from './retry.ts';

/** One movement of the own coins, with the names that the protocol gives its fields. */
export type CoinMove =
  | { readonly op: 'allocate' | 'withdraw'; readonly idea_id: string; readonly amount: number }
  | {
      readonly op: 'reallocate';
      readonly from_idea_id: string;
      readonly to_idea_id: string;
      readonly amount: number;
    };

/** What became of a movement. */
export type CoinResult =
  | {
      readonly ok: true;
      readonly receipt: AllocationReceiptView;
      readonly requestId: string;
      readonly attempts: number;
    }
  | {
      readonly ok: false;
      readonly code: ClientCode;
      readonly message: string;
      readonly details: Details;
      /** true: an attempt went out and no answer says what became of it; send it again with the same requestId to learn it */
      readonly unknown: boolean;
      readonly requestId: string;
      readonly attempts: number;
    };

export interface Moving {
  /** the campaign's id */
  readonly campaign: string;
  readonly move: CoinMove;
  readonly requestId: string;
  /** all attempts and pauses together */
  readonly deadlineMs: number;
  /** one attempt */
  readonly timeoutMs: number;
  /** how long to wait for a connection before the act goes over HTTP */
  readonly fallbackAfterMs: number;
}

type Answered = AllocationReceiptView | SocketError;

/** One attempt over HTTP; undefined where no answer came. */
export type MoveOverHttp = (moving: Moving, timeoutMs: number) => Promise<Answered | undefined>;

type Attempt = Answered | 'no answer' | 'not sent';

const PAUSE_WITHOUT_ANSWER_MS = 50;
const UNKNOWN_WORDS =
  'It is not known whether your coins were moved. Send it again with the same requestId: it cannot be done twice.';

/** 128 random bits in the form that ids have. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // pages without TLS have no randomUUID
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40; // version 4
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

async function overSocket(link: Link, moving: Moving, fields: string, leftMs: number): Promise<Attempt> {
  if (!(await link.up(Math.min(leftMs, moving.fallbackAfterMs)))) return 'not sent';
  const reply = await link.request(fields, Math.min(moving.timeoutMs, leftMs));
  if (reply === undefined) return 'no answer';
  const answer = JSON.parse(reply) as ReplyOf<'allocate'> | Refusal;
  if (!answer.ok) return answer.error;
  const { id: _id, ok: _ok, ...receipt } = answer;
  return receipt;
}

/**
 * Moves coins until there is an answer that is final, or time is up: retries at most twice what the protocol allows to be
 * retried, and repeats an attempt without an answer as often as time allows. It bears the same request id each time, so
 * that it is done once.
 */
export async function moveUntilKnown(
  link: Link,
  moving: Moving,
  overHttp: MoveOverHttp | undefined,
): Promise<CoinResult> {
  const { campaign, move, requestId } = moving;
  const fields = JSON.stringify({ ...move, campaign, request_id: requestId }).slice(1, -1);
  const endMs = performance.now() + moving.deadlineMs;
  let [attempts, retries, unknown] = [0, 0, false];
  let last: { code: ClientCode; message: string; details?: Details | undefined } = {
    code: 'UNREACHABLE',
    message: 'No gateway could be reached in time. No coin was moved.',
  };
  for (let leftMs = moving.deadlineMs; leftMs > 0; leftMs = endMs - performance.now()) {
    let attempt = await overSocket(link, moving, fields, leftMs);
    if (attempt === 'not sent') {
      if (link.isOver) {
        last = link.refused ?? last;
        break;
      }
      const restMs = Math.min(moving.timeoutMs, endMs - performance.now());
      if (overHttp === undefined || restMs <= 0) continue;
      attempt = (await overHttp(moving, restMs)) ?? 'no answer';
    }
    attempts += 1;
    if (typeof attempt === 'string') {
      unknown = true;
      await sleep(PAUSE_WITHOUT_ANSWER_MS);
      continue;
    }
    if ('request_id' in attempt) return { ok: true, receipt: attempt, requestId, attempts };
    last = attempt;
    if (attempt.code === 'LOAD_004') unknown = true;
    if (!isPassing(attempt.code)) {
      unknown = false; // a final answer speaks for every attempt of this act before it
      break;
    }
    if (retries >= RETRIES_MAX) break;
    retries += 1;
    await sleep(Math.min(retryDelayMs(attempt.retry_after_ms), Math.max(0, endMs - performance.now())));
  }
  const { code, message, details = {} } = last;
  if (!unknown) return { ok: false, code, message, details, unknown, requestId, attempts };
  return { ok: false, code: 'LOAD_004', message: UNKNOWN_WORDS, details, unknown, requestId, attempts };
}
