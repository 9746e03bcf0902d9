import { forgetStored, readStored, storedKeys, writeStored } from '../../ui/stored.ts';
import type { CoinAct } from './act.ts';

/** Digits of a time in milliseconds: keys sort by it until the year 33658. */
const TIME_DIGITS = 15;

/**
 * Acts of one purse that have no answer yet, oldest first, kept on this device for every tab of it. Each lies under a key of
 * its own: tabs add and remove without writing over each other. Where nothing can be stored they last as long as the page.
 */
export class ActBox {
  readonly #prefix: string;
  readonly #unstored = new Map<string, CoinAct>();

  /** @param purse names the purse: a member and a campaign */
  constructor(purse: string) {
    this.#prefix = `psephos.coins.${purse}.`;
  }

  all(): readonly CoinAct[] {
    const stored = storedKeys(this.#prefix).map((key) => [key, readStored(key) as CoinAct | undefined] as const);
    return [...stored, ...this.#unstored]
      .filter((entry): entry is [string, CoinAct] => entry[1] !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, act]) => act);
  }

  /** A new act, behind all others. */
  add(act: CoinAct): void {
    const key = `${this.#prefix}${String(act.at).padStart(TIME_DIGITS, '0')}.${act.requestId}`;
    if (!writeStored(key, act)) this.#unstored.set(key, act);
  }

  /** Writes an act over itself, in its place. */
  change(act: CoinAct): void {
    const key = this.#keyOf(act.requestId);
    if (key === undefined) return;
    if (this.#unstored.has(key) || !writeStored(key, act)) this.#unstored.set(key, act);
  }

  remove(requestId: string): void {
    const key = this.#keyOf(requestId);
    if (key === undefined) return;
    forgetStored(key);
    this.#unstored.delete(key);
  }

  has(requestId: string): boolean {
    return this.#keyOf(requestId) !== undefined;
  }

  /** Calls `listener` when another tab has added, changed or removed something, until the returned function is called. */
  onOthers(listener: () => void): () => void {
    const heard = ({ key }: StorageEvent) => {
      if (key === null || key.startsWith(this.#prefix)) listener();
    };
    addEventListener('storage', heard);
    return () => removeEventListener('storage', heard);
  }

  #keyOf(requestId: string): string | undefined {
    return [...storedKeys(this.#prefix), ...this.#unstored.keys()].find((key) => key.endsWith(`.${requestId}`));
  }
}
