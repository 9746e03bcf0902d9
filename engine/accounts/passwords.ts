import { hash, verify } from '@node-rs/argon2';
import { dictionary } from '@zxcvbn-ts/language-common';
import type { FieldSentence } from '../../protocol/field-problems.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';

/** OWASP's figures for Argon2id, which is the library's own choice of the three: 19 MiB, two passes, one lane; about 20 ms. */
const ARGON = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** What stands in for the hash of an account that is not there or has none: checking it takes as long as any. */
let standIn: Promise<string> | undefined;

/** Passwords that guessers try first, of 8 characters and more: 17,950 of the list that zxcvbn-ts keeps. */
let common: ReadonlySet<string> | undefined;

export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON);
}

/** Takes the same time whether or not there is a hash. */
export async function isPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  standIn ??= hashPassword('no account has this as its password');
  const right = await verify(stored ?? (await standIn), password);
  return right && stored != null;
}

/** Refuses what guessers try first and the own address. Length is the schema's; nothing else is asked (ASVS 6.2.5). */
export function checkPassword(password: string, email: string): Outcome<null> {
  common ??= new Set(
    dictionary['passwords-common'].filter((word) => word.length >= 8).map((word) => word.toLowerCase()),
  );
  const typed = password.toLowerCase();
  const [ownName = ''] = email.split('@');
  if (common.has(typed)) return tooWeak('is one of the most common passwords; choose another');
  if (typed === email || typed === ownName) return tooWeak('is your address; choose another');
  return accept(null);
}

function tooWeak(problem: FieldSentence): Outcome<never> {
  return refuse('invalid_input', `The password ${problem}.`, { details: { fields: [{ path: 'password', problem }] } });
}
