import { batch, computed, signal } from '@preact/signals';
import { isPassing, PsephosError, type PsephosHttp } from '../../../client/index.ts';
import type { AllocationReceiptView, CoinBalanceView } from '../../../protocol/coins.ts';
import { afterMovements, type CoinAct, inverseOf, type Movement, merged, type PurseFigures } from './act.ts';
import { ActBox } from './act-box.ts';
import { afterReceipt, figuresOf, newRequestId, requestOf } from './requests.ts';

/** Taps that follow each other this fast go as one act. */
const SETTLE_MS = 350;
/** Where coins cannot be taken back an act waits so long on this device: until then it can be undone. */
const GRACE_MS = 4_000;
/** An act of another tab, or of this page before a reload, that nobody has touched for so long is sent from here. */
const LEFT_BEHIND_MS = 1_500;
const ATTEMPT_MS = 5_000;
const AGAIN_MIN_MS = 400;
const AGAIN_MAX_MS = 5_000;

/** idle: all is on disk at the gateway; waiting: taps are still being gathered; retrying: no answer, trying again */
export type PurseState = 'idle' | 'waiting' | 'sending' | 'retrying' | 'offline' | 'signed-out';

export interface PurseRules {
  /** coins may come back into the purse */
  readonly recycling: boolean;
  /** coins may go from idea to idea */
  readonly reallocation: boolean;
}

interface PurseParts {
  /** the campaign's id */
  readonly campaignId: string;
  /** whose purse it is */
  readonly memberId: string;
  readonly http: PsephosHttp;
  /** as they are at present: managers may change them */
  readonly rules: () => PurseRules;
}

/**
 * The own purse in one campaign. Every tap counts at once on the page and is written to this device; acts are sent one after
 * the other, each with a request id of its own that stays the same however often it is sent, and forgotten when the gateway
 * has answered. So none is lost by a reload or a lost connection, and none is done twice.
 */
export class Purse {
  /** why an act was refused, until the next one or until somebody has read it */
  readonly refused = signal<PsephosError | undefined>(undefined);
  readonly state = signal<PurseState>('idle');
  /** what undo() takes back; undefined where there is nothing, or where the rules do not allow it */
  readonly undoable = signal<Movement | undefined>(undefined);
  /** rises with each coin that was given here: the drop of a pebble hangs on it */
  readonly drops = signal<{ readonly idea: string; readonly count: number }>({ idea: '', count: 0 });
  readonly #parts: PurseParts;
  readonly #box: ActBox;
  readonly #confirmed = signal<PurseFigures | undefined>(undefined);
  readonly #acts = signal<readonly CoinAct[]>([]);
  /** as it will be when everything that was tapped is done; undefined until it is known */
  readonly figures = computed(() => this.#confirmed.value && afterMovements(this.#confirmed.value, this.#acts.value));
  readonly #own = new Set<string>();
  readonly #stopped = new AbortController();
  #lastAt = 0;
  #sending = false;
  #failures = 0;
  #wake: () => void = () => {};
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: PurseParts) {
    this.#parts = parts;
    this.#box = new ActBox(`${parts.memberId}.${parts.campaignId}`);
    this.#acts.value = this.#box.all();
    const { signal: stopped } = this.#stopped;
    stopped.addEventListener(
      'abort',
      this.#box.onOthers(() => void this.#othersActed()),
    );
    for (const event of ['online', 'offline']) addEventListener(event, () => this.#network(), { signal: stopped });
    document.addEventListener('visibilitychange', () => this.#seenAgain(), { signal: stopped });
    void this.refresh();
    void this.#send();
  }

  get rules(): PurseRules {
    return this.#parts.rules();
  }

  /** Coins on an idea, those included whose act is still on its way. */
  on(ideaId: string): number {
    return this.figures.value?.placed.get(ideaId) ?? 0;
  }

  give(ideaId: string, amount: number): void {
    this.drops.value = { idea: ideaId, count: this.drops.value.count + 1 };
    this.#act({ from: null, to: ideaId, amount });
  }

  take(ideaId: string, amount: number): void {
    this.#act({ from: ideaId, to: null, amount });
  }

  move(fromId: string, toId: string, amount: number): void {
    this.#act({ from: fromId, to: toId, amount });
  }

  /** Takes the last act back: unsent it never was, else by the opposite one. */
  undo(): void {
    const movement = this.undoable.value;
    if (movement === undefined) return;
    const last = this.#acts.value.at(-1);
    batch(() => {
      if (last !== undefined && this.#isOpen(last) && merged(last, inverseOf(movement)) !== null) {
        this.#follow(last, inverseOf(movement));
      } else this.#append(inverseOf(movement));
      this.undoable.value = undefined;
    });
    void this.#send();
  }

  /**
   * Reads the purse again: an idea was accepted or rejected, or another device has given. Acts that may be done already are
   * asked about first: the balance would contain them, and they would be counted twice until their answer is here.
   */
  async refresh(): Promise<void> {
    const { campaignId, http } = this.#parts;
    try {
      await this.#alone(async () => {
        for (const act of this.#box.all().filter(({ sent }) => sent)) {
          if (!(await this.#attempt(act))) throw new PsephosError('UNREACHABLE', 'No answer yet.');
        }
        const balance = await http.call<CoinBalanceView>({
          method: 'GET',
          path: `/v1/campaigns/${campaignId}/coins/balance`,
        });
        batch(() => {
          this.#confirmed.value = figuresOf(balance);
          this.#acts.value = this.#box.all();
        });
      });
    } catch (error) {
      // whoever has left the campaign has no purse to show any more: that is no failure
      const passes = !(error instanceof PsephosError) || error.status === 0 || isPassing(error.code);
      if (passes && !this.#stopped.signal.aborted) setTimeout(() => void this.refresh(), AGAIN_MAX_MS);
    }
  }

  /** Nobody looks any more; what is unsent stays on this device. */
  close(): void {
    this.#stopped.abort();
    this.#wake();
  }

  #act(movement: Movement): void {
    const [last, before] = [this.#acts.value.at(-1), this.undoable.value];
    const isOpen = last !== undefined && this.#isOpen(last);
    // taps in one direction are undone together; a tap in the other one is the last act
    const continues = isOpen && before?.from === movement.from && before.to === movement.to;
    const run = continues ? { ...movement, amount: before.amount + movement.amount } : movement;
    batch(() => {
      this.refused.value = undefined;
      if (isOpen && merged(last, movement) !== null) this.#follow(last, movement);
      else this.#append(movement);
      this.undoable.value = this.#mayUndo(run) ? run : undefined;
    });
    void this.#send();
  }

  /** An act that this page made a moment ago and nobody can have sent: it may still grow, shrink or vanish. */
  #isOpen({ requestId, at, sent = false }: CoinAct): boolean {
    return this.#own.has(requestId) && !sent && Date.now() < at + this.#settleMs;
  }

  get #settleMs(): number {
    return this.rules.recycling ? SETTLE_MS : GRACE_MS;
  }

  #append(movement: Movement): void {
    const at = Math.max(Date.now(), this.#lastAt + 1);
    this.#lastAt = at;
    const act = { ...movement, requestId: newRequestId(), at };
    this.#own.add(act.requestId);
    this.#box.add(act);
    this.#acts.value = this.#box.all();
  }

  #follow(last: CoinAct, movement: Movement): void {
    const whole = merged(last, movement) as Movement;
    if (whole.amount === 0) this.#box.remove(last.requestId);
    else this.#box.change({ ...last, ...whole, at: Date.now() });
    this.#acts.value = this.#box.all();
  }

  /** Giving can always be undone until it is sent, see #attempt. */
  #mayUndo({ from, to }: Movement): boolean {
    return from === null || to === null || this.rules.reallocation;
  }

  /** One after the other, until nothing is left; taps that come meanwhile are taken along. */
  async #send(): Promise<void> {
    if (this.#sending) return this.#wake();
    this.#sending = true;
    try {
      for (;;) {
        const [act] = this.#box.all();
        if (act === undefined || this.#stopped.signal.aborted || this.state.value === 'signed-out') break;
        const restMs = this.#readyAt(act) - Date.now();
        if (restMs > 0) {
          if (this.#failures === 0) this.state.value = 'waiting';
          await this.#pause(restMs);
        } else if (!(await this.#alone(() => this.#attempt(act)))) {
          await this.#pause(Math.min(AGAIN_MAX_MS, AGAIN_MIN_MS * 2 ** this.#failures));
        }
      }
    } finally {
      this.#sending = false;
    }
    if (this.state.value !== 'signed-out') this.state.value = 'idle';
  }

  #readyAt({ requestId, at, sent = false }: CoinAct): number {
    return sent ? 0 : at + this.#settleMs + (this.#own.has(requestId) ? 0 : LEFT_BEHIND_MS);
  }

  /** True where the act is done with: carried out, refused for good, or answered to another tab. */
  async #attempt({ requestId }: CoinAct): Promise<boolean> {
    const act = this.#box.all().find((each) => each.requestId === requestId);
    if (act === undefined) return true;
    this.#box.change({ ...act, sent: true });
    this.#acts.value = this.#box.all();
    if (this.#failures === 0) this.state.value = 'sending';
    if (!this.rules.recycling && this.undoable.value?.from === null) this.undoable.value = undefined;
    try {
      const receipt = await this.#parts.http.call<AllocationReceiptView>({
        ...requestOf(this.#parts.campaignId, act),
        ...{ method: 'POST', retries: 0, timeoutMs: ATTEMPT_MS },
      });
      this.#failures = 0;
      this.#done(act, receipt);
      return true;
    } catch (error) {
      return this.#failed(act, error);
    }
  }

  #done(act: CoinAct, receipt: AllocationReceiptView): void {
    batch(() => {
      this.#box.remove(act.requestId);
      this.#acts.value = this.#box.all();
      const before = this.#confirmed.value;
      if (before !== undefined) this.#confirmed.value = afterReceipt(before, receipt);
    });
  }

  #failed(act: CoinAct, error: unknown): boolean {
    const isRefusal = error instanceof PsephosError && error.status > 0;
    if (isRefusal && error.code === 'AUTH_001') {
      this.state.value = 'signed-out';
      return false;
    }
    const passes = !isRefusal || isPassing(error.code) || error.code === 'COIN_007' || error.status >= 500;
    if (passes) {
      this.#failures += 1;
      this.state.value = navigator.onLine ? 'retrying' : 'offline';
      return false;
    }
    this.#failures = 0;
    batch(() => {
      // what was tapped after it was tapped in view of coins that did not move
      for (const later of this.#box.all()) if (later.at >= act.at) this.#box.remove(later.requestId);
      this.#box.remove(act.requestId);
      this.#acts.value = this.#box.all();
      this.undoable.value = undefined;
      this.refused.value = error;
    });
    void this.refresh();
    return true;
  }

  /** Another tab has tapped, or has had an answer: its act leaves our figures with the balance that contains it. */
  async #othersActed(): Promise<void> {
    const held = this.#box.all();
    const vanished = this.#acts.value.some(({ requestId }) => !held.some((each) => each.requestId === requestId));
    if (vanished) await this.refresh();
    else this.#acts.value = held;
    void this.#send();
  }

  #network(): void {
    if (this.#failures > 0) this.state.value = navigator.onLine ? 'retrying' : 'offline';
    this.#wake();
  }

  #seenAgain(): void {
    if (document.visibilityState !== 'visible') return;
    this.#wake();
    void this.refresh();
  }

  /** Ends early when something has changed: a tap, the network. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Tabs of one purse ask one after the other, where the browser can tell them apart; else the request ids suffice. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const { memberId, campaignId } = this.#parts;
    if (!('locks' in navigator)) {
      const turn = this.#turn.then(work, work);
      this.#turn = turn;
      return turn;
    }
    return navigator.locks.request(`psephos-coins-${memberId}-${campaignId}`, work);
  }
}
