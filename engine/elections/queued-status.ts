import type { Failure, Outcome } from '../outcome.ts';
import type { FateSealer, QueuedStatus } from '../redis/index.ts';
import type { CastReceipt } from './election.ts';

/** What is known of a ballot that was queued. */
export type QueuedBallot =
  | { readonly state: 'queued' } // received, not counted yet
  | { readonly state: 'in' } // in the urn; the same cast again is answered with its tracking code
  | { readonly state: 'refused'; readonly failure: Failure }; // not counted, and never will be

/** Whose status it is. */
interface Whose {
  readonly orgId: string;
  readonly statusId: string;
}

/**
 * Statuses as Redis holds them: the text, and a MAC over it that is bound to organisation and status id. Whoever can write to
 * Redis can take a status away, but not say that a ballot is in, or was refused.
 */
export class SealedStatuses {
  readonly #sealer: () => Promise<FateSealer>;

  constructor(sealer: () => Promise<FateSealer>) {
    this.#sealer = sealer;
  }

  waiting(whose: Whose): Promise<QueuedStatus> {
    return this.#seal(whose, 'queued');
  }

  fate(whose: Whose, fate: Outcome<CastReceipt>): Promise<QueuedStatus> {
    return this.#seal(whose, fate.ok ? 'in' : JSON.stringify(fate.failure));
  }

  /** null: it was not written by this installation, or for another ballot. */
  async read(whose: Whose, status: QueuedStatus): Promise<QueuedBallot | null> {
    const cut = status.indexOf(' ');
    const [mac, text] = [Buffer.from(status.slice(0, Math.max(cut, 0)), 'base64url'), status.slice(cut + 1)];
    if (!(await this.#sealer()).isFateMac(messageOf(whose, text), mac)) return null;
    if (text === 'queued') return { state: 'queued' };
    if (text === 'in') return { state: 'in' };
    return { state: 'refused', failure: JSON.parse(text) as Failure };
  }

  async #seal(whose: Whose, text: string): Promise<QueuedStatus> {
    const mac = (await this.#sealer()).fateMac(messageOf(whose, text));
    return `${mac.toString('base64url')} ${text}`;
  }
}

function messageOf({ orgId, statusId }: Whose, text: string): Buffer {
  return Buffer.from(`${orgId} ${statusId} ${text}`); // neither id has a space in it
}
