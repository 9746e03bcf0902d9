import type { Engine, Outcome } from '../engine/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { setPlatformAdmin } from '../sql/platform-admin.ts';
import { addressOf, makePlatformAdmin, passwordLine } from './platform-admin.ts';

export const KEY_ROLES = ['admin', 'sponsor', 'moderator', 'auditor', 'member'] as const;
type KeyRole = (typeof KEY_ROLES)[number];

export interface Given {
  readonly words: readonly string[];
  readonly name: string | undefined;
  readonly german: boolean;
  readonly role: string | undefined;
  readonly revoke: boolean;
}

export interface Tools {
  readonly engine: Engine;
  readonly ownerUrl: string;
}

type Act = (tools: Tools) => Promise<string>;

/** What each act needs after its name, and what it does; answers what a person sees. */
const ACTS: Readonly<Record<string, { words: number; run(tools: Tools, given: Given): Promise<string> }>> = {
  account: { words: 1, run: makeAccount },
  'platform-admin': { words: 1, run: changePlatformAdmin },
  'sign-out': { words: 1, run: signOut },
  organisation: { words: 2, run: makeOrganisation },
  'api-key': { words: 2, run: makeApiKey },
};

/**
 * The act that the words name, ready to be done; answers what a person sees.
 * @throws StartProblem for an unknown act, or too few or too many words
 */
export function actOf([name = '', ...words]: readonly string[], flags: Omit<Given, 'words'>): Act {
  const act = ACTS[name];
  if (act === undefined) throw wrong(`There is no act "${name}"`);
  if (words.length !== act.words) throw wrong(`${name} needs ${act.words} further words, not ${words.length}`);
  return (tools) => act.run(tools, { ...flags, words });
}

async function makeAccount({ engine }: Tools, { words, name, german }: Given): Promise<string> {
  const email = addressOf(words[0]);
  const input = { email, name: name ?? email.split('@')[0] ?? email, locale: german ? 'de' : 'en' } as const;
  const { accountId, link } = done(await engine.registration.createAccount(input));
  return `Account ${accountId}\n${passwordLine(link)}`;
}

async function changePlatformAdmin({ engine, ownerUrl }: Tools, { words, revoke }: Given): Promise<string> {
  const email = addressOf(words[0]);
  if (!revoke) return makePlatformAdmin(engine, ownerUrl, email);
  if (!(await setPlatformAdmin(ownerUrl, email, false))) throw noAccount(email);
  return `${email} no longer runs this installation.`;
}

async function signOut({ engine }: Tools, { words }: Given): Promise<string> {
  const email = addressOf(words[0]);
  const ended = done(await engine.sessions.endAllOf(email));
  if (ended === null) throw noAccount(email);
  return `${ended} sessions of ${email} have ended.`;
}

async function makeOrganisation({ engine }: Tools, { words, german }: Given): Promise<string> {
  const [name = '', address] = words;
  const email = addressOf(address);
  const input = { name, locale: german ? 'de' : 'en' } as const;
  const made = done(await engine.organisations.createFor(email, input));
  if (made === null) throw noAccount(email);
  return `Organisation ${made.orgId}\n${email} is its administrator.`;
}

async function makeApiKey({ engine }: Tools, { words, role = 'moderator' }: Given): Promise<string> {
  const [orgId = '', name = ''] = words;
  if (!(KEY_ROLES as readonly string[]).includes(role))
    throw wrong(`--role ${role}: not one of ${KEY_ROLES.join(', ')}`);
  done(await engine.organisations.get(orgId));
  const { secret } = done(await engine.apiKeys.create(orgId, { name, roles: [role as KeyRole] }));
  return `Key of the role ${role}, shown only now: ${secret}`;
}

function noAccount(email: string): StartProblem {
  return new StartProblem(`There is no account of ${email}. Make it first: npm run admin -- account ${email}`);
}

function done<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new StartProblem(outcome.failure.message);
}

function wrong(problem: string): StartProblem {
  return new StartProblem(`${problem}. What there is: npm run admin -- --help`);
}
