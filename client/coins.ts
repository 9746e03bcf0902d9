import type { AllocationReceiptView } from '../protocol/coins.ts';
import type { SocketError } from '../protocol/errors.ts';
import type { Refusal, ReplyOf } from '../protocol/frames.ts';
import type { ClientCode, Details } from './errors.ts';
import type { Link } from './link.ts';
import { type Sending, untilKnown } from './until-known.ts';

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

export interface Moving extends Sending {
  /** the campaign's id */
  readonly campaign: string;
  readonly move: CoinMove;
  readonly requestId: string;
}

type Answered = AllocationReceiptView | SocketError;

/** One attempt over HTTP; undefined where no answer came. */
export type MoveOverHttp = (moving: Moving, timeoutMs: number) => Promise<Answered | undefined>;

const WORDS = {
  unsent: 'No gateway could be reached in time. No coin was moved.',
  unknown:
    'It is not known whether your coins were moved. Send it again with the same requestId: it cannot be done twice.',
};

/** 128 random bits in the form that ids have. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // pages without TLS have no randomUUID
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40; // version 4
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function read(reply: string): Answered {
  const answer = JSON.parse(reply) as ReplyOf<'allocate'> | Refusal;
  if (!answer.ok) return answer.error;
  const { id: _id, ok: _ok, ...receipt } = answer;
  return receipt;
}

/** Moves coins until there is an answer that is final, or time is up: with the same request id each time, so that it is done once. */
export async function moveUntilKnown(
  link: Link,
  moving: Moving,
  overHttp: MoveOverHttp | undefined,
): Promise<CoinResult> {
  const { campaign, move, requestId } = moving;
  const fate = await untilKnown<AllocationReceiptView>(link, moving, {
    fields: JSON.stringify({ ...move, campaign, request_id: requestId }).slice(1, -1),
    read,
    overHttp: overHttp && ((timeoutMs) => overHttp(moving, timeoutMs)),
    words: WORDS,
  });
  if (fate.ok) return { ...fate, requestId };
  const { held: _held, ...refused } = fate; // a movement of coins is never put off
  return { ...refused, requestId };
}
