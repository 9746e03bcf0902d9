import type { CampaignView } from '../../protocol/campaigns.ts';
import type { IdeaStatus, IdeaView } from '../../protocol/ideas.ts';
import { formatMoment } from '../ui/i18n.ts';
import { serverNow } from '../ui/server-clock.ts';
import { t } from './texts.ts';

const DAY_MS = 86_400_000;

export function statusName(status: CampaignView['status']): string {
  const names: Readonly<Record<CampaignView['status'], string>> = {
    draft: t('status.draft'),
    active: t('status.active'),
    completed: t('status.completed'),
    archived: t('status.archived'),
  };
  return names[status];
}

export function ideaStatusName(status: IdeaStatus): string {
  const names: Readonly<Record<IdeaStatus, string>> = {
    pending: t('idea.pending'),
    approved: t('idea.approved'),
    competing: t('idea.competing'),
    accepted: t('idea.accepted'),
    in_progress: t('idea.inProgress'),
    complete: t('idea.complete'),
    rejected: t('idea.rejected'),
  };
  return names[status];
}

/** What an idea is at, and since when. */
export function ideaStatusWords(idea: IdeaView): string {
  if (idea.merged_into !== null) return t('idea.merged');
  const since: Partial<Record<IdeaStatus, string | null>> = {
    pending: idea.submitted_at,
    approved: idea.approved_at,
    competing: idea.approved_at,
    accepted: idea.accepted_at,
    in_progress: idea.started_at,
    complete: idea.completed_at,
  };
  const at = since[idea.status] ?? null;
  const name = ideaStatusName(idea.status);
  return at === null ? name : t('idea.since', { status: name, time: formatMoment(at) });
}

/** Whole days until a moment; less than 1 where it is today or over. */
export function daysUntil(moment: string): number {
  return Math.floor((Date.parse(moment) - serverNow()) / DAY_MS);
}

/** When it starts, how long it runs still, or since when it is over; '' where nobody has set a date. */
export function timeWords({ status, start_date: start, end_date: end, completed_at: completed }: CampaignView): string {
  if (status === 'draft') return start === null ? '' : t('time.starts', { time: formatMoment(start) });
  if (status !== 'active') return completed === null ? '' : t('time.ended', { time: formatMoment(completed) });
  if (end === null) return '';
  const days = daysUntil(end);
  return days >= 1 ? t('time.daysLeft', { count: days }) : t('time.endsAt', { time: formatMoment(end) });
}
