import type { SocketError } from '../protocol/errors.ts';
import type { ClientCode, Details } from './errors.ts';
import type { Link } from './link.ts';
import { isPassing, RETRIES_MAX, retryDelayMs, sleep } from './retry.ts';

export interface Sending {
  /** all attempts and pauses together */
  readonly deadlineMs: number;
  /** one attempt */
  readonly timeoutMs: number;
  /** how long to wait for a connection before it goes over HTTP; undefined: there is no HTTP */
  readonly fallbackAfterMs: number | undefined;
}

/** A request that may be sent again: whatever becomes of an attempt, it takes effect once. */
export interface Repeatable<Receipt extends object> {
  /** JSON of the frame's own fields */
  readonly fields: string;
  /** what a frame that came in reply says */
  read(reply: string): Receipt | SocketError;
  /** one attempt over HTTP; undefined where no answer came */
  readonly overHttp: ((timeoutMs: number) => Promise<Receipt | SocketError | undefined>) | undefined;
  /** for a receipt that is not the last word: milliseconds until it is asked again */
  pauseAfter?(receipt: Receipt): number | undefined;
  readonly words: { readonly unsent: string; readonly unknown: string };
}

export type Fate<Receipt> =
  | { readonly ok: true; readonly receipt: Receipt; readonly attempts: number }
  | {
      readonly ok: false;
      readonly code: ClientCode;
      readonly message: string;
      readonly details: Details;
      /** an attempt went out and no answer says what became of it */
      readonly unknown: boolean;
      /** the newest receipt that is not the last word */
      readonly held: Receipt | undefined;
      readonly attempts: number;
    };

const PAUSE_WITHOUT_ANSWER_MS = 50;

function isRefusal(answer: object): answer is SocketError {
  return 'code' in answer;
}

/**
 * Sends the same request until there is an answer that is final, or time is up. Retries at most twice what the protocol
 * allows to be retried; an attempt that got no answer is repeated as often as time allows, over a new connection or HTTP.
 */
export async function untilKnown<Receipt extends object>(
  link: Link,
  { deadlineMs, timeoutMs, fallbackAfterMs }: Sending,
  { fields, read, overHttp, pauseAfter, words }: Repeatable<Receipt>,
): Promise<Fate<Receipt>> {
  const endMs = performance.now() + deadlineMs;
  const pause = (ms: number) => sleep(Math.min(ms, Math.max(0, endMs - performance.now())));
  let [attempts, retries, unknown] = [0, 0, false];
  let held: Receipt | undefined;
  let last: { code: ClientCode; message: string; details?: Details | undefined } = {
    code: 'UNREACHABLE',
    message: words.unsent,
  };
  for (let leftMs = deadlineMs; leftMs > 0; leftMs = endMs - performance.now()) {
    let answer: Receipt | SocketError | undefined;
    if (await link.up(Math.min(leftMs, fallbackAfterMs ?? leftMs))) {
      const reply = await link.request(fields, Math.min(timeoutMs, leftMs));
      if (reply !== undefined) answer = read(reply);
    } else {
      if (link.isOver) {
        last = link.refused ?? last;
        break;
      }
      const restMs = Math.min(timeoutMs, endMs - performance.now());
      if (overHttp === undefined || restMs <= 0) continue;
      answer = await overHttp(restMs);
    }
    attempts += 1;
    if (answer === undefined) {
      unknown = true;
      await sleep(PAUSE_WITHOUT_ANSWER_MS);
      continue;
    }
    if (!isRefusal(answer)) {
      const againMs = pauseAfter?.(answer);
      if (againMs === undefined) return { ok: true, receipt: answer, attempts };
      held = answer;
      await pause(againMs);
      continue;
    }
    last = answer;
    if (answer.code === 'LOAD_004') unknown = true;
    if (!isPassing(answer.code)) {
      unknown = false; // a final answer speaks for every attempt before it
      held = undefined;
      break;
    }
    if (retries >= RETRIES_MAX) break;
    retries += 1;
    await pause(retryDelayMs(answer.retry_after_ms));
  }
  const { code, message, details = {} } = last;
  if (!unknown) return { ok: false, code, message, details, unknown, held, attempts };
  return { ok: false, code: 'LOAD_004', message: words.unknown, details, unknown, held, attempts };
}
