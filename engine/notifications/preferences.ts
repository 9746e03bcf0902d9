import {
  type NewNotificationPreferences,
  NOTIFICATION_KINDS,
  type NotificationChannels,
  type NotificationKind,
  type NotificationPreferences,
} from '../../protocol/notifications.ts';
import { type Membership, ownMemberships, type Person, type Vault } from '../accounts/index.ts';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { readUnsubscribeToken } from './unsubscribe-token.ts';
import * as queries from './wish-queries.ts';

const EVERY_WAY: NotificationChannels = { in_app: true, email: true, push: true };
/** The hour that pages offer first. */
const DAILY_HOUR = 7;

const NO_LINK = refuse('not_found', 'This link is not known. Copy the whole address of the mail.', {
  details: { resource: 'unsubscribe_link' },
});
const NO_MEMBERSHIP = refuse(
  'not_found',
  'You do not belong to one of these organisations. Read your preferences again.',
  {
    details: { resource: 'organisation' },
  },
);

const clockOf = (minutes: number) =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** What a link in a mail stopped. */
export interface Unsubscribed {
  readonly organisation: string;
}

/** How people want to be told, and the links by which they say that they do not. */
export class Preferences {
  readonly #database: Database;
  readonly #vault: Pick<Vault, 'ring'>;

  constructor(database: Database, vault: Pick<Vault, 'ring'>) {
    this.#database = database;
    this.#vault = vault;
  }

  /** Who never said anything is told everything at once, by the clock of their organisation. */
  async get({ accountId }: Person): Promise<Outcome<NotificationPreferences>> {
    return guarded(async () => {
      const { management } = this.#database;
      const [row, memberships] = await management.withAccount(
        accountId,
        async (tx) => [await queries.selectWishes(tx, accountId), await ownMemberships(tx)] as const,
      );
      const organisations: NotificationPreferences['organisations'] = [];
      for (const { orgId, name, memberId } of memberships) {
        const muted = await management.withOrg(orgId, (tx) => queries.isMuted(tx, orgId, memberId));
        organisations.push({ org_id: orgId, name, email: !muted });
      }
      return accept({ ...wishesOf(row, await this.#clock(memberships)), organisations });
    });
  }

  async set(person: Person, wishes: NewNotificationPreferences): Promise<Outcome<NotificationPreferences>> {
    const { accountId } = person;
    const { management } = this.#database;
    const kept = await guarded(async () => {
      const memberships = await management.withAccount(accountId, ownMemberships);
      const changes = wishes.organisations.map(({ org_id, email }) => ({
        email,
        membership: memberships.find(({ orgId }) => orgId === org_id),
      }));
      if (changes.some(({ membership }) => membership === undefined)) return NO_MEMBERSHIP;
      await management.withAccount(accountId, (tx) => queries.upsertWishes(tx, accountId, rowOf(wishes)));
      for (const { membership, email } of changes) {
        const { orgId, memberId } = membership as Membership;
        await management.withOrg(orgId, (tx) => queries.setMuted(tx, orgId, memberId, !email));
      }
      return accept(null);
    });
    return kept.ok ? this.get(person) : kept;
  }

  /**
   * Stops the mails that a link in one of them stops: of its organisation, or of all that the person belongs to. Needs no
   * sign-in; again changes nothing. Mails that people ask for are not concerned.
   */
  async unsubscribe(token: string, scope: 'organisation' | 'everything'): Promise<Outcome<Unsubscribed>> {
    const ring = await this.#vault.ring();
    const whose = readUnsubscribeToken(ring, token);
    if (whose === null) return NO_LINK;
    const { orgId, memberId } = whose;
    return guarded(async () => {
      const { management } = this.#database;
      const found = await management.withOrg(orgId, async (tx) => {
        await queries.setMuted(tx, orgId, memberId, true);
        return queries.selectMuting(tx, orgId, memberId);
      });
      if (found === undefined) return NO_LINK;
      const { account_id: accountId, organisation } = found;
      if (scope === 'everything' && accountId !== null) {
        const zone = await management.withOrg(orgId, (tx) => queries.selectTimeZone(tx, orgId));
        await management.withAccount(accountId, async (tx) => {
          const row =
            (await queries.selectWishes(tx, accountId)) ?? rowOf({ ...wishesOf(undefined, zone), organisations: [] });
          await queries.upsertWishes(tx, accountId, { ...row, email: false });
        });
      }
      return accept({ organisation });
    });
  }

  async #clock([first]: readonly Membership[]): Promise<string> {
    if (first === undefined) return 'UTC';
    return this.#database.management.withOrg(first.orgId, (tx) => queries.selectTimeZone(tx, first.orgId));
  }
}

function wishesOf(row: queries.WishRow | undefined, clock: string): Omit<NotificationPreferences, 'organisations'> {
  const kinds = NOTIFICATION_KINDS.map((kind) => [kind, row?.kinds[kind] ?? EVERY_WAY] as const);
  return {
    kinds: Object.fromEntries(kinds) as Record<NotificationKind, NotificationChannels>,
    email: row?.email ?? true,
    delivery: row?.delivery ?? 'at_once',
    daily_hour: row?.daily_hour ?? DAILY_HOUR,
    quiet_hours:
      row === undefined || row.quiet_from === null || row.quiet_to === null
        ? null
        : { from: clockOf(row.quiet_from), to: clockOf(row.quiet_to) },
    time_zone: row?.time_zone ?? clock,
  };
}

function rowOf({ quiet_hours: quiet, ...wishes }: NewNotificationPreferences): queries.WishRow {
  const { kinds, email, delivery, daily_hour, time_zone } = wishes;
  return {
    ...{ kinds, email, delivery, daily_hour, time_zone },
    quiet_from: quiet === null ? null : minutesOf(quiet.from),
    quiet_to: quiet === null ? null : minutesOf(quiet.to),
  };
}
