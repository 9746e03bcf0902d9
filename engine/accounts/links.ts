import { hash, randomBytes } from 'node:crypto';
import type { Sql, Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { type FoundLink, findLink, insertLink, type LinkPurpose, type NewLink } from './sign-in-queries.ts';

const TOKEN_BYTES = 32;
const MS_PER_MINUTE = 60_000;

/** What each link is called in the address of the page; the token stands in the fragment, which no server sees. */
const FRAGMENTS: Readonly<Record<LinkPurpose, string>> = {
  verify: 'verify',
  change_email: 'verify',
  magic: 'magic',
  reset: 'reset',
};

const LASTS_MS: Readonly<Record<LinkPurpose, number>> = {
  verify: limits.verifyLinkMs,
  change_email: limits.verifyLinkMs,
  magic: limits.magicLinkMs,
  reset: limits.resetLinkMs,
};

/** A link that can be put into a mail. */
export interface MadeLink {
  /** the whole address */
  readonly link: string;
  readonly validForMinutes: number;
  /** names the link without giving it away */
  readonly key: string;
  /** what stands behind the = */
  readonly token: string;
}

function hashOfToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** Links of mails: 256 random bits each, hashed at rest, good once and for a time. */
export class Links {
  readonly #publicUrl: string;

  /** @param publicUrl where people find the pages, without a slash at the end; never taken from a request */
  constructor(publicUrl: string) {
    this.#publicUrl = publicUrl.replace(/\/$/, '');
  }

  /** Null where the account has had its fill of links in this hour. */
  async make(
    tx: Transaction,
    input: Pick<NewLink, 'accountId' | 'purpose' | 'email' | 'passwordHash' | 'name'>,
  ): Promise<MadeLink | null> {
    const token = `psl_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    const tokenHash = hashOfToken(token);
    const lastsMs = LASTS_MS[input.purpose];
    const row = { ...input, tokenHash, lastsMs };
    if (!(await insertLink(tx, row, limits.usedLinkMs, limits.hourlyLinkMessages))) return null;
    return {
      link: this.page(`${FRAGMENTS[input.purpose]}=${token}`),
      validForMinutes: lastsMs / MS_PER_MINUTE,
      key: `${input.purpose}:${tokenHash.toString('hex')}`,
      token,
    };
  }

  /** The sign-in page; what stands in its fragment is for the page alone. */
  page(fragment?: string): string {
    return `${this.#publicUrl}/sign-in${fragment === undefined ? '' : `#${fragment}`}`;
  }
}

/** A link that can be used for one of these purposes. details.reason: unknown, used, expired. */
export async function liveLink(
  sql: Sql,
  token: string,
  purposes: readonly LinkPurpose[],
): Promise<Outcome<FoundLink & { readonly tokenHash: Buffer }>> {
  const tokenHash = hashOfToken(token);
  const found = await findLink(sql, tokenHash);
  if (found === undefined || !purposes.includes(found.purpose)) return deadLink('unknown');
  if (found.used) return deadLink('used');
  if (found.expired) return deadLink('expired');
  return accept({ ...found, tokenHash });
}

const DEAD = {
  unknown: 'This link is not known. Copy the whole address of the mail, or ask for a new one.',
  used: 'This link has been used already, or a newer one took its place. Ask for a new one.',
  expired: 'This link has expired. Ask for a new one.',
};

export function deadLink(reason: keyof typeof DEAD): Outcome<never> {
  return refuse('unauthenticated', DEAD[reason], { details: { reason } });
}
