import type { SearchItem } from '../../../protocol/search.ts';
import { stateName } from '../../ui/election-words.ts';
import { statusName } from '../members/words.ts';
import { t } from '../texts.ts';

type Kind = SearchItem['kind'];

export function kindName(kind: Kind): string {
  const names: Readonly<Record<Kind, string>> = {
    elections: t('search.elections'),
    results: t('search.results'),
    meetings: t('search.meetings'),
    members: t('search.members'),
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
};

/** A state of a newer server goes by its name. */
export function foundStateName(state: string): string {
  return STATES[state]?.() ?? state;
}

/** Where a hit is shown in the console; undefined for what stands in no meeting. */
export function placeOf({ kind, meeting_id: meetingId }: SearchItem): string | undefined {
  if (kind === 'members') return '/moderate/members';
  return meetingId === null ? undefined : `/moderate/${meetingId}`;
}
