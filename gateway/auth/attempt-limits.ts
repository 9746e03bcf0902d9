import type { Pauses } from '../../engine/index.ts';

/** Whose attempts are counted together. */
export type Subject = 'address' | 'email' | 'email and address' | 'caller';

/** So many in so long, over all gateways. */
export interface Window {
  readonly by: Subject;
  /**
   * What counts: every attempt; those alone that were refused; or secrets that nobody has. Those are looked up first, so that
   * whoever holds a right one is served, whatever others at the same address do: no more than the wrong ones are refused.
   */
  readonly counts: 'attempts' | 'failures' | 'unknown secrets';
  readonly most: number;
  readonly windowMs: number;
  /** past `most` so many attempts a second go on, right or wrong; left out: none until the window ends */
  readonly thenPerSecond?: number;
}

/** Attempts at what people choose themselves: after a few, a pause behind each that doubles. Over all gateways. */
export interface Turns extends Pauses {
  readonly by: Subject;
}

export interface Limit {
  readonly turns: readonly Turns[];
  readonly windows: readonly Window[];
}

export const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TEN_MINUTES = 10 * MINUTE;

/**
 * What an operation may name as its `limit`. A hall of 3,000 people sits behind ONE address: what is counted by address
 * leaves them room, and failures are counted far more strictly than what succeeds.
 */
export const RATE_LIMITS = {
  // Nobody is locked out for good: pauses end, the longest for a whole account is a minute, and mails with links go on.
  'sign-in': {
    turns: [
      { by: 'email and address', free: 5, firstMs: SECOND, longestMs: 15 * MINUTE },
      { by: 'email', free: 25, firstMs: SECOND, longestMs: MINUTE }, // many addresses, one account
    ],
    windows: [{ by: 'address', counts: 'failures', most: 500, windowMs: TEN_MINUTES }], // one, many accounts
  },
  // Whoever asks for a mail makes us write to somebody: register, magic link, password reset.
  'e-mail': {
    turns: [],
    windows: [
      { by: 'email', counts: 'attempts', most: 5, windowMs: 15 * MINUTE },
      { by: 'address', counts: 'attempts', most: 1_000, windowMs: 15 * MINUTE }, // a hall that signs in by link
    ],
  },
  // Tokens out of mails: 256 random bits, which nobody guesses. The code of an authenticator beside one has its own pauses.
  token: {
    turns: [],
    windows: [{ by: 'address', counts: 'unknown secrets', most: 100, windowMs: TEN_MINUTES }],
  },
  // The password of whoever is signed in already: a session that was left open must not be a place to guess it.
  confirmation: {
    turns: [{ by: 'caller', free: 5, firstMs: SECOND, longestMs: MINUTE }],
    windows: [],
  },
  // Join codes are short: 6 letters of 24, 191 million codes. One in ten of a hall may mistype. Past that the address is paced,
  // not locked, so that one guesser does not shut the door: 20 a second for 4 hours are 288,000 tries, 0.15 % of the codes.
  join: {
    turns: [],
    windows: [{ by: 'address', counts: 'failures', most: 300, windowMs: TEN_MINUTES, thenPerSecond: 20 }],
  },
  // One-time voting tokens come by link: nobody types them.
  'ballot-access': {
    turns: [],
    windows: [{ by: 'address', counts: 'unknown secrets', most: 60, windowMs: TEN_MINUTES }],
  },
  // Ideas on pages of other platforms, read by anybody. Kept for 30 s by every browser: 600 a minute are 300 readers of one office.
  embed: {
    turns: [],
    windows: [{ by: 'address', counts: 'attempts', most: 600, windowMs: MINUTE }],
  },
} as const satisfies Readonly<Record<string, Limit>>;
export type LimitName = keyof typeof RATE_LIMITS;
