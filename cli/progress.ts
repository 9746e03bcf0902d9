import type { WriteStream } from 'node:tty';

const SHOW_MS = 200;

/** '1.4 GB'; powers of 1,000, as disks are sold */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 ? bytes : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}

/** One line that grows, on a terminal; a file or a pipe gets none. */
export class Progress {
  readonly #out: WriteStream | null;
  readonly #word: string;
  #shownMs = 0;
  #shown = false;

  /** @param out null: nothing is shown */
  constructor(out: WriteStream | null, word: string) {
    this.#out = out?.isTTY ? out : null;
    this.#word = word;
  }

  /** @param expected what it will come to; null where nobody knows. It is an estimate: the log comes on top. */
  show(bytes: number, expected: number | null): void {
    const nowMs = performance.now();
    if (this.#out === null || nowMs - this.#shownMs < SHOW_MS) return;
    this.#shownMs = nowMs;
    this.#shown = true;
    const share =
      expected === null || expected === 0 ? '' : `, ${Math.min(100, Math.floor((100 * bytes) / expected))} %`;
    this.#out.write(`\r${this.#word} ${bytesText(bytes)}${share}   `);
  }

  end(): void {
    if (this.#shown) this.#out?.write('\r\u001b[K');
    this.#shown = false;
  }
}
