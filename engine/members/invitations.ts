import { hash, randomBytes, randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { RefusalReason } from '../../protocol/refusal-reasons.ts';
import type { Database, Transaction } from '../db/index.ts';
import { enqueueMails, type MailLocale } from '../deliveries/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import { selectGroup, selectStrangers } from './group-queries.ts';
import type {
  Invitation,
  InvitationQuery,
  InvitationRedeemed,
  InvitationShown,
  InvitationsMade,
  NewInvitations,
} from './invitation.ts';
import * as queries from './invitation-queries.ts';
import { appendLog, lockMembers } from './queries.ts';
import { Refusal, refusing } from './refusal.ts';

const MINUTE_MS = 60_000;
/** Invitations made before others get a turn: some 20 ms of hashing, and a statement of a megabyte. */
const TURN_MEMBERS = 1_000;
/** SQLSTATE unique_violation. */
const TAKEN = '23505';

const NO_INVITATION = refuse('not_found', 'There is no such invitation. Check the id.', {
  details: { resource: 'invitation' },
});
const NO_GROUP = refuse('not_found', 'There is no such group. Nobody was invited; check its id.', {
  details: { resource: 'group' },
});
const UNKNOWN = refuse('not_found', 'This invitation is not known. Open the link of the newest mail you have got.', {
  details: { resource: 'invitation' },
});

function worthless(reason: RefusalReason, message: string): Outcome<never> {
  return refuse('conflict', message, { details: { reason } });
}
const USED = worthless('used', 'This invitation has been used. Sign in with the account that you used it with.');
const EXPIRED = worthless('expired', 'This invitation has expired. Ask your organisation for a new one.');
const REVOKED = worthless('revoked', 'This invitation was taken back. Ask your organisation.');
const INACTIVE = worthless('member_inactive', 'Your membership is inactive. Ask your organisation.');
const LINKED = worthless('linked', 'This member has an account already. Sign in with it.');
const MEMBER_ALREADY = worthless(
  'member_already',
  'Your account belongs to another member of this organisation. Sign in with another account, or ask your organisation.',
);
const NO_ADDRESS = worthless('no_address', 'The member is inactive or has no e-mail address. Change that first.');
const TOO_OFTEN = worthless(
  'sent_too_often',
  `This invitation was sent ${limits.invitationMaxMessages} times. Make a new campaign, or ask the member for another address.`,
);

/** Mails that ask members to sign in, in rounds; the links in them are good once. */
export class Invitations {
  readonly #database: Database;
  readonly #feed: LogFeed;
  readonly #publicUrl: string;

  /** @param publicUrl where people find the pages; never taken from a request */
  constructor(database: Database, feed: LogFeed, publicUrl: string) {
    this.#database = database;
    this.#feed = feed;
    this.#publicUrl = publicUrl.replace(/\/$/, '');
  }

  /**
   * Invites whoever is meant and can be, 10,000 in one call: the same call again goes on where this one ended, and
   * invites nobody twice in one campaign.
   */
  async invite(
    orgId: string,
    input: NewInvitations,
    locale: MailLocale,
    actor: string,
  ): Promise<Outcome<InvitationsMade>> {
    return this.#write(orgId, async (tx) => {
      await lockMembers(tx, orgId);
      if (input.group !== undefined && (await selectGroup(tx, orgId, input.group)) === undefined) {
        throw new Refusal(NO_GROUP);
      }
      const strangers = await selectStrangers(tx, orgId, input.members ?? []);
      if (strangers.length > 0) {
        throw new Refusal(
          refuse(
            'not_found',
            'Some of these are no members. Nobody was invited; leave them out and send the rest again.',
            {
              details: { resource: 'member', ids: strangers.slice(0, 20) },
            },
          ),
        );
      }
      const counts = await queries.countMeant(tx, orgId, input);
      const organisation = await queries.selectOrganisationName(tx, orgId);
      let invited = 0;
      let last: string | null = null;
      while (invited < limits.callMaxInvitationMessages) {
        const few = Math.min(TURN_MEMBERS, limits.callMaxInvitationMessages - invited);
        const invitees: queries.Invitee[] = await queries.selectInvitees(tx, orgId, input, last, few);
        if (invitees.length === 0) break;
        await this.#send(tx, orgId, input.campaign, organisation, invitees, locale);
        invited += invitees.length;
        last = invitees.at(-1)?.member_id ?? null;
        await setImmediate();
      }
      if (invited > 0) await appendLog(tx, orgId, orgId, 'members.invited', { by: actor, invited });
      return accept({ ...counts, invited, remaining: counts.remaining - invited });
    });
  }

  async get(orgId: string, invitationId: string): Promise<Outcome<Invitation>> {
    return guarded(async () => {
      const invitation = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectInvitation(tx, orgId, invitationId),
      );
      return invitation === undefined ? NO_INVITATION : accept(invitation);
    });
  }

  /** Newest first. */
  async list(orgId: string, query: InvitationQuery): Promise<Outcome<Page<Invitation>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return guarded(async () => {
      const rows = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectInvitations(tx, orgId, query, limit + 1),
      );
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.invitationId ?? null) : null });
    });
  }

  /** Another mail, to the address that the member has now; the link of the one before is worthless from then on. */
  async resend(orgId: string, invitationId: string, locale: MailLocale): Promise<Outcome<Invitation>> {
    return this.#write(orgId, async (tx) => {
      const before = await queries.selectInvitation(tx, orgId, invitationId, true);
      if (before === undefined) throw new Refusal(NO_INVITATION);
      if (before.state === 'used') throw new Refusal(USED);
      if (before.state === 'revoked') throw new Refusal(REVOKED);
      if (before.sent >= limits.invitationMaxMessages) throw new Refusal(TOO_OFTEN);
      const invitee = await queries.selectAddress(tx, orgId, before.memberId);
      if (invitee === undefined) throw new Refusal(NO_ADDRESS);
      const { token, token_hash } = newToken();
      const renewed = { invitation_id: invitationId, email: invitee.email, token_hash };
      await queries.renewInvitation(tx, orgId, renewed, limits.invitationMs);
      const organisation = await queries.selectOrganisationName(tx, orgId);
      const key = `member-invitation:${invitationId}:${before.sent + 1}`;
      await enqueueMails(tx, [this.#mail(orgId, organisation, invitee, token, key, locale)]);
      return accept((await queries.selectInvitation(tx, orgId, invitationId)) as Invitation);
    });
  }

  /** The link is worthless from now on. Again changes nothing; one that was used stays used. */
  async revoke(orgId: string, invitationId: string): Promise<Outcome<Invitation>> {
    return this.#write(orgId, async (tx) => {
      const before = await queries.selectInvitation(tx, orgId, invitationId, true);
      if (before === undefined) throw new Refusal(NO_INVITATION);
      if (before.state === 'used') throw new Refusal(USED);
      await queries.revokeInvitation(tx, orgId, invitationId);
      return accept((await queries.selectInvitation(tx, orgId, invitationId)) as Invitation);
    });
  }

  /** Who invites whom, for the page that the link leads to. */
  async look(token: string): Promise<Outcome<InvitationShown>> {
    return this.#byToken(token, false, async (_, invitation, bearer) => {
      const problem = problemOf(invitation, bearer, null);
      return (
        problem ?? accept({ organisation: bearer.organisation, name: bearer.name, expiresAt: invitation.expiresAt })
      );
    });
  }

  /**
   * The person becomes the member, who is active from now on. Again by the same person changes nothing. Refuses
   * `conflict` with details.reason: used, expired, revoked, member_inactive, linked, member_already.
   */
  async redeem(token: string, accountId: string): Promise<Outcome<InvitationRedeemed>> {
    const outcome = await this.#byToken(token, true, async (tx, invitation, bearer, orgId) => {
      const redeemed = { orgId, organisation: bearer.organisation, memberId: invitation.memberId };
      if (invitation.state === 'used' && bearer.account_id === accountId) return accept(redeemed);
      const problem = problemOf(invitation, bearer, accountId);
      if (problem !== null) throw new Refusal(problem);
      try {
        await queries.redeemInvitation(tx, orgId, invitation, accountId);
      } catch (error) {
        throw (error as { code?: unknown }).code === TAKEN ? new Refusal(MEMBER_ALREADY) : error;
      }
      await appendLog(tx, orgId, invitation.memberId, 'member.joined', { invitation: invitation.invitationId });
      return accept(redeemed);
    });
    if (outcome.ok) this.#feed.poke(outcome.value.orgId);
    return outcome;
  }

  async #byToken<T>(
    token: string,
    hold: boolean,
    work: (tx: Transaction, invitation: Invitation, bearer: queries.Bearer, orgId: string) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return refusing(async () => {
      const tokenHash = hash('sha256', token, 'buffer');
      const found = await this.#database.management.call((sql) => queries.findInvitation(sql, tokenHash));
      if (found === undefined) return UNKNOWN;
      const { org_id: orgId, invitation_id: invitationId } = found;
      return this.#database.management.withOrg(orgId, async (tx) => {
        const invitation = await queries.selectInvitation(tx, orgId, invitationId, hold);
        const bearer = invitation && (await queries.selectBearer(tx, orgId, invitation.memberId, hold));
        return invitation === undefined || bearer === undefined ? UNKNOWN : work(tx, invitation, bearer, orgId);
      });
    });
  }

  async #send(
    tx: Transaction,
    orgId: string,
    campaign: string,
    organisation: string,
    invitees: readonly queries.Invitee[],
    locale: MailLocale,
  ): Promise<void> {
    const made = invitees.map((invitee) => ({ invitee, invitationId: randomUUID(), ...newToken() }));
    const rows = made.map(({ invitee: { member_id, email }, invitationId, token_hash }) => ({
      invitation_id: invitationId,
      member_id,
      email,
      token_hash,
    }));
    await queries.insertInvitations(tx, orgId, campaign, rows, limits.invitationMs);
    const mails = made.map(({ invitee, invitationId, token }) =>
      this.#mail(orgId, organisation, invitee, token, `member-invitation:${invitationId}:1`, locale),
    );
    await enqueueMails(tx, mails);
  }

  #mail(
    orgId: string,
    organisation: string,
    { name, email }: queries.Invitee,
    token: string,
    key: string,
    locale: MailLocale,
  ) {
    const data = {
      name,
      organisation,
      link: `${this.#publicUrl}/sign-in#invite=${token}`, // a fragment is sent to no server and stands in no log
      validForMinutes: limits.invitationMs / MINUTE_MS,
    };
    return { orgId, to: email, locale, template: 'member-invitation' as const, data, key };
  }

  async #write<T>(orgId: string, work: (tx: Transaction) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await refusing(() => this.#database.management.withOrg(orgId, work, limits.mailQueueTimeoutMs));
    if (outcome.ok) this.#feed.poke(orgId);
    return outcome;
  }
}

/** 256 random bits, and their hash as it is stored. */
function newToken(): { token: string; token_hash: string } {
  const token = `piv_${randomBytes(32).toString('base64url')}`;
  return { token, token_hash: hash('sha256', token, 'hex') };
}

/** Why an invitation leads nowhere for this account (null: for anybody), or null. */
function problemOf(
  { state }: Invitation,
  { status, account_id }: queries.Bearer,
  accountId: string | null,
): Outcome<never> | null {
  if (state === 'used') return USED;
  if (state === 'revoked') return REVOKED;
  if (state === 'expired') return EXPIRED;
  if (status === 'inactive') return INACTIVE;
  return account_id !== null && account_id !== accountId ? LINKED : null;
}
