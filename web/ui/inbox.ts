import { effect, signal } from '@preact/signals';
import type { PsephosClient } from '../../client/index.ts';
import type { InboxData, InboxPage } from '../../protocol/notifications.ts';
import { account, api, membership } from './account-session.ts';
import { announce } from './announce.tsx';
import { connectWith } from './clients.ts';
import { t } from './i18n.ts';

/** Notifications that wait to be read, over all organisations; undefined until it is known. */
export const unread = signal<number | undefined>(undefined);

/** When the newest notification came: whoever shows the list reads it again when this changes. */
export const newestAt = signal<string | null | undefined>(undefined);

let watching: string | undefined;
let connection: Promise<PsephosClient> | undefined;

function take({ unread: count, newest_at: newest }: InboxData): void {
  const known = newestAt.value;
  unread.value = count;
  newestAt.value = newest;
  // what was there when the page opened is no news
  if (known !== undefined && newest !== null && newest !== known) announce(t('inbox.arrived', { count }));
}

function leave(): void {
  connection?.then(
    (client) => client.close(),
    () => {},
  );
  connection = undefined;
  watching = undefined;
}

async function watch(orgId: string, memberId: string): Promise<void> {
  leave();
  watching = `${orgId} ${memberId}`;
  const ticket = async () => (await api.socketTicket()).ticket;
  connection = connectWith({ ticket });
  try {
    const client = await connection;
    await client.subscribe(`inbox:${memberId}`, (message) => take(message.data as InboxData));
  } catch {
    // the figure stays as it was read; the list can be read all the same
  }
}

/** Reads the figure once, for persons who belong to no organisation that could tell it. */
async function read(): Promise<void> {
  try {
    const page = await api.call<InboxPage>({ method: 'GET', path: '/v1/me/notifications', query: { limit: '1' } });
    unread.value = page.unread;
  } catch {
    // it stays unknown
  }
}

/** Follows the inbox of whoever is signed in, from now on. Once for a page. */
export function followInbox(): void {
  effect(() => {
    const own = membership.value;
    if (account.value == null) leave();
    else if (own === undefined) void read();
    else if (watching !== `${own.org_id} ${own.member_id}`) void watch(own.org_id, own.member_id);
  });
}
