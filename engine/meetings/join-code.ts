import { randomInt } from 'node:crypto';

/** Without 0/O, 1/I/L, 2/Z, 5/S, 8/B: read aloud and typed without a doubt. 24^6 = 191 million codes. */
const CODE_LETTERS = 'ACDEFGHJKMNPQRTUVWXY3467';
const CODE_LENGTH = 6;
/** A code that is taken is rare; this many in a row means something else is wrong. */
const CODE_ATTEMPTS = 10;

function letters(count: number): string {
  return Array.from({ length: count }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('');
}

/** How a guest is called who gives no name: people can tell two of them apart. */
export function guestName(): string {
  return `Guest ${letters(4)}`;
}

/** What people type, as it is stored: capitals, without the spaces and dashes that help reading. */
export function normaliseJoinCode(code: string): string {
  return code.toUpperCase().replaceAll(/[\s-]/g, '');
}

/** The first answer of `use` that is not null: it answers null where another meeting has the code. */
export async function withNewCode<T>(use: (code: string) => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt += 1) {
    const answer = await use(letters(CODE_LENGTH));
    if (answer !== null) return answer;
  }
  throw new Error(`${CODE_ATTEMPTS} join codes in a row were taken`);
}
