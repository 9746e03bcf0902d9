import type { SocketError } from '../protocol/errors.ts';
import type { Refusal, ReplyOf } from '../protocol/frames.ts';
import type { ClientCode, Details } from './errors.ts';
import { castFields } from './frame-socket.ts';
import type { Link } from './link.ts';
import { type Sending, untilKnown } from './until-known.ts';

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

export interface Casting extends Sending {
  readonly election: string;
  readonly ballot: unknown;
  readonly castKey: string;
  readonly credential: string | undefined;
  /** the member whose proxy the caller holds */
  readonly onBehalfOf: string | undefined;
  /** told once it is received and not counted yet */
  readonly onQueued: ((queued: string) => void) | undefined;
}

type Receipt = { readonly trackingCode: string } | { readonly queued: string };
type Answered = Receipt | SocketError;

/** One attempt over HTTP; undefined where no answer came. */
export type CastOverHttp = (casting: Casting, timeoutMs: number) => Promise<Answered | undefined>;

/** Between questions after a ballot that is queued: the same cast again, which cannot count twice. */
const PAUSE_QUEUED_MS = 750;
const QUEUED =
  'Your ballot was received and is kept. It is not counted yet: cast it again with the same cast key to learn more.';
const WORDS = {
  unsent: 'No gateway could be reached in time. Your ballot was not sent.',
  unknown: 'It is not known whether your ballot is in. Cast it again with the same cast key: it cannot count twice.',
};

function read(reply: string): Answered {
  const answer = JSON.parse(reply) as ReplyOf<'cast'> | Refusal;
  if (!answer.ok) return answer.error;
  return 'queued' in answer ? { queued: answer.queued } : { trackingCode: answer.tracking_code };
}

/** Casts one ballot until there is an answer that is final, or time is up: with the same cast key each time, so that it cannot count twice. */
export async function castUntilKnown(
  link: Link,
  casting: Casting,
  overHttp: CastOverHttp | undefined,
): Promise<CastResult> {
  const { castKey, credential, onBehalfOf } = casting;
  let told = false;
  const fate = await untilKnown<Receipt>(link, casting, {
    fields: castFields(casting.election, JSON.stringify(casting.ballot), castKey, credential, onBehalfOf),
    read,
    overHttp: overHttp && ((timeoutMs) => overHttp(casting, timeoutMs)),
    pauseAfter: (receipt) => {
      if ('trackingCode' in receipt) return undefined;
      if (!told) casting.onQueued?.(receipt.queued);
      told = true;
      return PAUSE_QUEUED_MS * (0.7 + 0.6 * Math.random());
    },
    words: WORDS,
  });
  if (fate.ok) {
    const { trackingCode } = fate.receipt as { trackingCode: string }; // one that is queued is asked after again
    return { ok: true, trackingCode, castKey, attempts: fate.attempts };
  }
  const { held, ...refused } = fate;
  if (held === undefined || !('queued' in held)) return { ...refused, castKey };
  return { ...refused, code: 'LOAD_004', message: QUEUED, unknown: true, queued: held.queued, castKey };
}
