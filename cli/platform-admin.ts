import { type Engine, limits } from '../engine/index.ts';
import { email as emailSchema } from '../protocol/accounts.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { setPlatformAdmin } from '../sql/platform-admin.ts';

/** @throws StartProblem for what is no address */
export function addressOf(word: string | undefined): string {
  const parsed = emailSchema.safeParse(word);
  if (parsed.success) return parsed.data;
  throw new StartProblem(`${word} is no e-mail address; example: ada@example.org`);
}

/**
 * Lets a person run the installation; without an account one is made first.
 * @param ownerUrl who owns the database; no gateway can do this
 * @returns what a person reads
 */
export async function makePlatformAdmin(engine: Engine, ownerUrl: string, word: string): Promise<string> {
  const email = addressOf(word);
  const made = await engine.registration.createAccount({ email, name: email.split('@')[0] ?? email, locale: 'en' });
  if (!made.ok && made.failure.details?.reason !== 'taken') throw new StartProblem(made.failure.message);
  if (!(await setPlatformAdmin(ownerUrl, email, true))) throw new StartProblem(`The account of ${email} is gone.`);
  const rights = `${email} runs this installation.`;
  return made.ok ? `${rights}\n${passwordLine(made.value.link)}` : rights;
}

export function passwordLine(link: string): string {
  return `The password is chosen here, within ${limits.resetLinkMs / 60_000} minutes: ${link}`;
}
