import { forgetStored, readStored, writeStored } from '../ui/stored.ts';

const KEY = 'psephos.invitation';
/** Long enough to register and to find the mail that proves the address. */
const KEPT_MS = 24 * 3_600_000;

/** An invitation that waits until its holder has signed in, in whatever tab that happens. */
export function keepInvitation(token: string): void {
  writeStored(KEY, { token, until: Date.now() + KEPT_MS });
}

/** The waiting invitation, once. */
export function takeInvitation(): string | undefined {
  const kept = readStored(KEY) as { token?: unknown; until?: unknown } | undefined;
  forgetStored(KEY);
  return typeof kept?.token === 'string' && Number(kept.until) > Date.now() ? kept.token : undefined;
}
