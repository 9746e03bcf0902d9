import type { Screen } from '../replay/progress.ts';
import type { Clock } from './clock.ts';

const REDRAW_MS = 250;
const PLAIN_LINE_MS = 5_000;
const BAR_CHARACTERS = 24;

/** What a person sees of the demo: lines with the time of what happens, and one line that moves. */
export class Stage {
  readonly #screen: Screen;
  readonly #clock: Clock;
  #live: (() => string) | null = null;
  #shownMs = Number.NEGATIVE_INFINITY;
  readonly #timer: NodeJS.Timeout;

  constructor(screen: Screen, clock: Clock) {
    this.#screen = screen;
    this.#clock = clock;
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
  }

  /** Something has happened. */
  tell(text: string): void {
    const clear = this.#screen.isTerminal ? '\r\u001b[K' : '';
    for (const line of text.split('\n')) this.#screen.write(`${clear}${this.#time()}  ${line}\n`);
  }

  /** A line without a time. */
  note(text: string): void {
    this.#screen.write(`${this.#screen.isTerminal ? '\r\u001b[K' : ''}${text}\n`);
  }

  /** What moves from now on; null: nothing. */
  show(live: (() => string) | null): void {
    this.#live = live;
    this.#shownMs = this.#clock.nowMs;
  }

  end(): void {
    clearInterval(this.#timer);
    if (this.#screen.isTerminal) this.#screen.write('\r\u001b[K');
  }

  #time(): string {
    const seconds = Math.floor(this.#clock.nowMs / 1_000);
    return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
  }

  /** A terminal gets one line that changes, anything else a plain line now and then. */
  #draw(): void {
    if (this.#live === null) return;
    if (this.#screen.isTerminal) {
      this.#screen.write(`\r       ${this.#live()}\u001b[K`);
      return;
    }
    if (this.#clock.nowMs - this.#shownMs < PLAIN_LINE_MS) return;
    this.#shownMs = this.#clock.nowMs;
    this.#screen.write(`${this.#time()}  ${this.#live()}\n`);
  }
}

/** '━━━━━━━━────' for a share of 0 to 1. */
export function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_CHARACTERS);
  return '━'.repeat(full) + '─'.repeat(BAR_CHARACTERS - full);
}
