const REDRAW_MS = 200;
const PLAIN_LINE_MS = 2_000;

/** Where progress is shown: a terminal gets one line that changes, anything else a plain line now and then. */
export interface Screen {
  readonly isTerminal: boolean;
  write(text: string): void;
}

/** Counts what is done of a known number and says so: rate, percent, and when it will be over. */
export class Progress {
  readonly #screen: Screen;
  readonly #total: number;
  readonly #what: string;
  readonly #startedAtMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #done = 0;

  constructor(screen: Screen, total: number, what: string) {
    this.#screen = screen;
    this.#total = total;
    this.#what = what;
    this.#timer = setInterval(() => this.#show(), screen.isTerminal ? REDRAW_MS : PLAIN_LINE_MS);
  }

  step(): void {
    this.#done += 1;
  }

  /** The last word, on a line of its own. */
  end(): void {
    clearInterval(this.#timer);
    this.#show();
    if (this.#screen.isTerminal) this.#screen.write('\n');
  }

  #show(): void {
    const seconds = (performance.now() - this.#startedAtMs) / 1_000;
    const rate = seconds > 0 ? this.#done / seconds : 0;
    const left = this.#total - this.#done;
    const eta = left === 0 ? `in ${seconds.toFixed(1)} s` : rate > 0 ? `${Math.ceil(left / rate)} s to go` : '…';
    const percent = ((100 * this.#done) / Math.max(1, this.#total)).toFixed(1);
    const line = `  ${grouped(this.#done)} of ${grouped(this.#total)} ${this.#what} (${percent} %), ${grouped(Math.round(rate))}/s, ${eta}`;
    this.#screen.write(this.#screen.isTerminal ? `\r${line}\u001b[K` : `${line}\n`);
  }
}

/** 43942 -> '43,942' */
export function grouped(figure: number | bigint): string {
  return figure.toLocaleString('en-US');
}
