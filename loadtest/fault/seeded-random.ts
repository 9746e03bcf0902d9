import { createHash } from 'node:crypto';

const WORD = 2 ** 32;

/**
 * The same numbers for the same seed on every machine: sfc32 (Chris Doty-Humphrey's small fast counter, PractRand),
 * filled from SHA-256 of the seed's words.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seeds joined, so that run 7 of seed 1 and run 1 of seed 7 are strangers */
  constructor(...seeds: readonly (number | string)[]) {
    const digest = createHash('sha256').update(seeds.join('/')).digest();
    this.#a = digest.readUInt32LE(0);
    this.#b = digest.readUInt32LE(4);
    this.#c = digest.readUInt32LE(8);
  }

  /** 0 to 2^32 - 1 */
  word(): number {
    const next = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + next;
    return next >>> 0;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor((this.word() / WORD) * (max - min + 1));
  }

  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.word() < probability * WORD;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[this.int(0, items.length - 1)] as T;
  }

  /** Some of the items, `min` to `max` of them, in random order. */
  some<T>(items: readonly T[], min = 0, max = items.length): T[] {
    const rest = [...items];
    const wanted = this.int(min, Math.min(max, rest.length));
    return Array.from({ length: wanted }, () => rest.splice(this.int(0, rest.length - 1), 1)[0] as T);
  }

  /** Small hexadecimal digits: `bytes` random bytes. */
  hex(bytes: number): string {
    let text = '';
    while (text.length < bytes * 2) text += this.word().toString(16).padStart(8, '0');
    return text.slice(0, bytes * 2);
  }

  bytes(count: number): Buffer {
    return Buffer.from(this.hex(count), 'hex');
  }
}
