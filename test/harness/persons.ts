import { randomBytes } from 'node:crypto';
import type { Engine, Person, SignedIn } from '../../engine/index.ts';
import { accepted } from './engines.ts';

export const DEVICE = { userAgent: 'Firefox on a test' };
export const PASSWORD = 'four blue otters sing';

/** An address that no other test has. */
export function newAddress(name = 'ada'): string {
  return `${name}.${randomBytes(5).toString('hex')}@example.org`;
}

interface FoundMail {
  readonly template: string;
  readonly subject: string;
  readonly text: string;
  /** what stands behind the = of its link; '' without */
  readonly token: string;
}

/** Mails that wait for an address, the newest first. */
export async function mailsTo(engine: Engine, email: string): Promise<FoundMail[]> {
  const waiting = accepted(await engine.mails.waiting(1_000));
  return waiting
    .filter(({ to }) => to === email)
    .map(({ template, subject, text }) => ({
      template,
      subject,
      text,
      token: /#\w+=([\w-]+)/.exec(text)?.[1] ?? '',
    }));
}

/** The token of the newest mail to an address. */
export async function tokenTo(engine: Engine, email: string, template: string): Promise<string> {
  const found = (await mailsTo(engine, email)).find((mail) => mail.template === template);
  if (found === undefined) throw new Error(`no ${template} to ${email}`);
  return found.token;
}

/** An account with a proven address, as the command line makes it: quicker than by registering. */
export async function newAccount(engine: Engine, email = newAddress(), password = PASSWORD): Promise<string> {
  const { link } = accepted(await engine.registration.createAccount({ email, name: 'Ada', locale: 'en' }));
  accepted(await engine.signIn.resetPassword(link.split('=')[1] ?? '', password));
  return email;
}

export async function signIn(engine: Engine, email: string, password = PASSWORD): Promise<SignedIn> {
  return accepted(await engine.signIn.byPassword({ email, password }, DEVICE));
}

/** The person behind an access token. */
export async function personOf(engine: Engine, { accessToken }: SignedIn): Promise<Person> {
  const { person } = accepted(await engine.accounts.authenticate(accessToken));
  if (person === null) throw new Error('no person');
  return person;
}

/** A new account, signed in. */
export async function newPerson(engine: Engine): Promise<{ email: string; pair: SignedIn; person: Person }> {
  const email = await newAccount(engine);
  const pair = await signIn(engine, email);
  return { email, pair, person: await personOf(engine, pair) };
}

/** 'ok', or details.reason, or the kind where there is no reason. */
export function reasonOf(outcome: {
  readonly ok: boolean;
  readonly failure?: { readonly kind: string; readonly details?: Readonly<Record<string, unknown>> };
}): string {
  return outcome.ok ? 'ok' : String(outcome.failure?.details?.reason ?? outcome.failure?.kind);
}
