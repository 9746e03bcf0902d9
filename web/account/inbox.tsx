import { useEffect, useState } from 'preact/hooks';
import type { InboxPage, NotificationView } from '../../protocol/notifications.ts';
import { api } from '../ui/account-session.ts';
import { announce } from '../ui/announce.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { formatMoment } from '../ui/i18n.ts';
import { newestAt, unread } from '../ui/inbox.ts';
import { usePaged } from '../ui/paged.ts';
import { refusalText } from '../ui/refusal-words.ts';
import { followLink } from '../ui/router.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { campaignSentence } from './campaign-news.ts';
import { roleNames } from './role-names.ts';
import { t } from './texts.ts';

/** One notification in a sentence. */
function sentenceOf({ kind, facts }: NotificationView): string {
  const { title = '', person = '', roles = [] } = facts;
  const moment = facts.starts_at ?? facts.closes_at;
  const until = moment == null ? '' : formatMoment(moment);
  switch (kind) {
    case 'meeting.invitation':
      if (facts.change === 'cancelled') return t('inbox.said.cancelled', { title });
      if (facts.change === 'moved')
        return t(until === '' ? 'inbox.said.changed' : 'inbox.said.moved', { title, until });
      return t(until === '' ? 'inbox.said.invited' : 'inbox.said.invitedAt', { title, until });
    case 'election.opened':
      return t(until === '' ? 'inbox.said.opened' : 'inbox.said.openedUntil', { title, until });
    case 'election.reminder':
      return t('inbox.said.reminder', { title, until });
    case 'result.published':
      return t('inbox.said.published', { title });
    case 'proxy.offered':
      return t('inbox.said.offered', { person });
    case 'proxy.accepted':
      return t('inbox.said.accepted', { person });
    case 'member.roles':
      return t('inbox.said.roles', { roles: roleNames(roles) });
    default:
      return campaignSentence(kind, facts);
  }
}

/** Where it leads: into the meeting, the campaign, to the idea or the account, or nowhere. */
function linkOf({ kind, facts, subject_id: subject }: NotificationView): string | undefined {
  if (facts.campaign !== undefined) {
    return `/campaigns/${facts.campaign}${facts.idea === undefined ? '' : `/ideas/${subject}`}`;
  }
  if (facts.join_code != null) return `/join/${facts.join_code}`;
  return kind === 'member.roles' ? '/account' : undefined;
}

function Item(props: { readonly item: NotificationView; readonly onRead: () => void }) {
  const { item, onRead } = props;
  const sentence = sentenceOf(item);
  const link = linkOf(item);
  const fresh = item.read_at === null;
  return (
    <li class="list-row inbox-item">
      <span class="inbox-words">
        {fresh && <span class="inbox-chip">{t('inbox.new')}</span>}
        {link === undefined ? (
          <span class={fresh ? 'inbox-new' : ''}>{sentence}</span>
        ) : (
          <a class={fresh ? 'inbox-new' : ''} href={link} onClick={fresh ? onRead : undefined}>
            {sentence}
          </a>
        )}
        <span class="soft small block">
          {item.organisation} · <time dateTime={item.created_at}>{formatMoment(item.created_at)}</time>
        </span>
      </span>
      {fresh && <IconButton icon="check" label={t('inbox.readOne', { sentence })} onClick={onRead} />}
    </li>
  );
}

/** What the person was told, newest first; what comes while the page is open appears by itself. */
export function InboxPageView() {
  const list = usePaged<NotificationView>('/v1/me/notifications');
  const [read, setRead] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (newestAt.value !== undefined) void list.reload();
  }, [newestAt.value]);
  const items = list.items?.map((item) =>
    read.has(item.notification_id) ? { ...item, read_at: item.created_at } : item,
  );
  const fresh = items?.filter(({ read_at }) => read_at === null) ?? [];

  async function mark(
    body: { readonly notifications: readonly string[] } | { readonly until: string },
    ids: readonly string[],
  ) {
    setRead(new Set([...read, ...ids]));
    try {
      const path = '/v1/me/notifications/read';
      const answer = await api.call<Pick<InboxPage, 'unread'>>({ method: 'POST', path, body });
      unread.value = answer.unread;
    } catch (error) {
      setRead(read);
      setProblem(refusalText(error));
    }
  }
  async function markAll() {
    const [newest] = items ?? [];
    if (newest === undefined) return;
    await mark(
      { until: newest.created_at },
      fresh.map(({ notification_id }) => notification_id),
    );
    announce(t('inbox.allRead'));
  }
  return (
    <div class="stack sections">
      <h1>{t('inbox.title')}</h1>
      <div class="row">
        <Button icon="check" onClick={() => void markAll()} disabled={fresh.length === 0}>
          {t('inbox.readAll')}
        </Button>
        <a href="/notifications" onClick={followLink}>
          {t('inbox.toPreferences')}
        </a>
      </div>
      {(problem !== '' || list.problem !== '') && <p role="alert">{problem || list.problem}</p>}
      {items === undefined && list.problem === '' && <Skeleton />}
      {items?.length === 0 && <p class="soft">{t('inbox.empty')}</p>}
      {items !== undefined && items.length > 0 && (
        <ul class="plain-list card" aria-label={t('inbox.title')}>
          {items.map((item) => (
            <Item
              key={item.notification_id}
              item={item}
              onRead={() => void mark({ notifications: [item.notification_id] }, [item.notification_id])}
            />
          ))}
        </ul>
      )}
      {list.more !== undefined && <Button onClick={list.more}>{t('inbox.more')}</Button>}
    </div>
  );
}
