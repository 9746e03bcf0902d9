import type { SearchItem } from '../../../protocol/search.ts';
import { stateName } from '../../ui/election-words.ts';
import { ideaStatusName } from '../campaigns/words.ts';
import { statusName } from '../members/words.ts';
import { t } from '../texts.ts';

type Kind = SearchItem['kind'];

export function kindName(kind: Kind): string {
  const names: Readonly<Record<Kind, string>> = {
    elections: t('search.elections'),
    results: t('search.results'),
    meetings: t('search.meetings'),
    members: t('search.members'),
    ideas: t('search.ideas'),
  };
  return names[kind];
}

/** What a single hit is, e.g. 'Vote'. */
export function oneOfKind(kind: Kind): string {
  const names: Readonly<Record<Kind, string>> = {
    elections: t('search.election'),
    results: t('search.result'),
    meetings: t('search.meeting'),
    members: t('search.member'),
    ideas: t('search.idea'),
  };
  return names[kind];
}

const STATES: Readonly<Record<string, () => string>> = {
  draft: () => stateName('draft'),
  open: () => stateName('open'),
  closed: () => stateName('closed'),
  published: () => stateName('published'),
  cancelled: () => stateName('cancelled'),
  planned: () => t('search.planned'),
  live: () => t('search.live'),
  ended: () => t('search.ended'),
  carried: () => t('search.carried'),
  not_carried: () => t('search.notCarried'),
  elected: () => t('search.elected'),
  not_elected: () => t('search.notElected'),
  active: () => statusName('active'),
  invited: () => statusName('invited'),
  inactive: () => statusName('inactive'),
  pending: () => ideaStatusName('pending'),
  approved: () => ideaStatusName('approved'),
  competing: () => ideaStatusName('competing'),
  accepted: () => ideaStatusName('accepted'),
  in_progress: () => ideaStatusName('in_progress'),
  complete: () => ideaStatusName('complete'),
  rejected: () => ideaStatusName('rejected'),
};

/** A state of a newer server goes by its name. */
export function foundStateName(state: string): string {
  return STATES[state]?.() ?? state;
}

/** Where a hit is shown: in the console, an idea on the page of its campaign; undefined for what stands in no meeting. */
export function placeOf({ kind, id, meeting_id: meetingId, idea }: SearchItem): string | undefined {
  if (idea !== null) return `/campaigns/${idea.campaign_id}/ideas/${id}`;
  if (kind === 'members') return '/moderate/members';
  return meetingId === null ? undefined : `/moderate/${meetingId}`;
}
