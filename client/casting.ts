import type { SocketError } from '../protocol/errors.ts';
import type { Refusal, ReplyOf } from '../protocol/frames.ts';
import type { ClientCode, Details } from './errors.ts';
import { castFields } from './frame-socket.ts';
import type { Link } from './link.ts';
import { isPassing, RETRIES_MAX, retryDelayMs, sleep } from './retry.ts';

/** What became of a ballot. */
export type CastResult =
  | { readonly ok: true; readonly trackingCode: string; readonly castKey: string; readonly attempts: number }
  | {
      readonly ok: false;
      readonly code: ClientCode;
      readonly message: string;
      readonly details: Details;
      /** true: an attempt went out and no answer says what became of it; cast again with the same castKey to learn it */
      readonly unknown: boolean;
      /** it was received and was not counted yet when time was up: the id of the queued ballot */
      readonly queued?: string | undefined;
      readonly castKey: string;
      readonly attempts: number;
    };

export interface Casting {
  readonly election: string;
  readonly ballot: unknown;
  readonly castKey: string;
  readonly credential: string | undefined;
  /** the member whose proxy the caller holds */
  readonly onBehalfOf: string | undefined;
  /** all attempts and pauses together */
  readonly deadlineMs: number;
  /** one attempt */
  readonly timeoutMs: number;
  /** how long to wait for a connection before the ballot goes over HTTP; undefined: there is no HTTP */
  readonly fallbackAfterMs: number | undefined;
  /** told once it is received and not counted yet */
  readonly onQueued: ((queued: string) => void) | undefined;
}

type Answered = { readonly trackingCode: string } | { readonly queued: string } | SocketError;

/** One attempt over HTTP; undefined where no answer came. */
export type CastOverHttp = (casting: Casting, timeoutMs: number) => Promise<Answered | undefined>;

type Attempt = Answered | 'no answer' | 'not sent';

const PAUSE_WITHOUT_ANSWER_MS = 50;
/** Between questions after a ballot that is queued: the same cast again, which cannot count twice. */
const PAUSE_QUEUED_MS = 750;
const QUEUED =
  'Your ballot was received and is kept. It is not counted yet: cast it again with the same cast key to learn more.';

async function overSocket(link: Link, casting: Casting, fields: string, leftMs: number): Promise<Attempt> {
  if (!(await link.up(Math.min(leftMs, casting.fallbackAfterMs ?? leftMs)))) return 'not sent';
  const reply = await link.request(fields, Math.min(casting.timeoutMs, leftMs));
  if (reply === undefined) return 'no answer';
  const answer = JSON.parse(reply) as ReplyOf<'cast'> | Refusal;
  if (!answer.ok) return answer.error;
  return 'queued' in answer ? { queued: answer.queued } : { trackingCode: answer.tracking_code };
}

/**
 * Casts one ballot until there is an answer that is final, or time is up. Retries at most twice what the protocol
 * allows to be retried; an attempt that got no answer is repeated as often as time allows, over a new connection or
 * HTTP. It is the same request with the same cast key each time, so that it cannot count twice.
 */
export async function castUntilKnown(
  link: Link,
  casting: Casting,
  overHttp: CastOverHttp | undefined,
): Promise<CastResult> {
  const { castKey, credential, onBehalfOf } = casting;
  const fields = castFields(casting.election, JSON.stringify(casting.ballot), castKey, credential, onBehalfOf);
  const endMs = performance.now() + casting.deadlineMs;
  let [attempts, retries, unknown] = [0, 0, false];
  let queued: string | undefined;
  let last: { code: ClientCode; message: string; details?: Details | undefined } = {
    code: 'UNREACHABLE',
    message: 'No gateway could be reached in time. Your ballot was not sent.',
  };
  for (let leftMs = casting.deadlineMs; leftMs > 0; leftMs = endMs - performance.now()) {
    let attempt = await overSocket(link, casting, fields, leftMs);
    if (attempt === 'not sent') {
      if (link.isOver) {
        last = link.refused ?? last;
        break;
      }
      const restMs = Math.min(casting.timeoutMs, endMs - performance.now());
      if (overHttp === undefined || restMs <= 0) continue;
      attempt = (await overHttp(casting, restMs)) ?? 'no answer';
    }
    attempts += 1;
    if (attempt === 'no answer') {
      unknown = true;
      await sleep(PAUSE_WITHOUT_ANSWER_MS);
      continue;
    }
    if (typeof attempt === 'string') continue;
    if ('trackingCode' in attempt) return { ok: true, trackingCode: attempt.trackingCode, castKey, attempts };
    if ('queued' in attempt) {
      if (queued === undefined) casting.onQueued?.(attempt.queued);
      ({ queued } = attempt);
      await sleep(Math.min(PAUSE_QUEUED_MS * (0.7 + 0.6 * Math.random()), Math.max(0, endMs - performance.now())));
      continue;
    }
    last = attempt;
    if (attempt.code === 'LOAD_004') unknown = true;
    if (!isPassing(attempt.code)) {
      unknown = false; // a final answer speaks for every attempt of this ballot before it
      queued = undefined;
      break;
    }
    if (retries >= RETRIES_MAX) break;
    retries += 1;
    await sleep(Math.min(retryDelayMs(attempt.retry_after_ms), Math.max(0, endMs - performance.now())));
  }
  const { code, message, details = {} } = last;
  if (queued !== undefined) {
    return { ok: false, code: 'LOAD_004', message: QUEUED, details, unknown: true, queued, castKey, attempts };
  }
  if (!unknown) return { ok: false, code, message, details, unknown, castKey, attempts };
  const words =
    'It is not known whether your ballot is in. Cast it again with the same cast key: it cannot count twice.';
  return { ok: false, code: 'LOAD_004', message: words, details, unknown, castKey, attempts };
}
