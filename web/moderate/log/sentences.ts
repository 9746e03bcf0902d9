import { LOG_KINDS, type LogKind } from '../../../protocol/log.ts';
import { formatMoment } from '../../ui/i18n.ts';
import { t } from '../texts.ts';
import { type Entry, figureIn, textIn } from './entry.ts';
import { actorOf, attendeeOf, type Reference, subjectOf } from './references.ts';

/** What a sentence is made of: the names of whoever did it, of what it is about and of whom it concerns. */
interface Parts {
  readonly entry: Entry;
  readonly who: string;
  readonly what: string;
  readonly attendee: string;
}

/** Settings as the log names them. */
const FIELDS: Readonly<Record<string, () => string>> = {
  title: () => t('log.field.title'),
  name: () => t('log.field.name'),
  number: () => t('log.field.number'),
  email: () => t('log.field.email'),
  weight: () => t('log.field.weight'),
  roles: () => t('log.field.roles'),
  groups: () => t('log.field.groups'),
  note: () => t('log.field.note'),
  status: () => t('log.field.status'),
  startsAt: () => t('log.field.startsAt'),
  guestsAllowed: () => t('log.field.guestsAllowed'),
  nameRequired: () => t('log.field.nameRequired'),
  waitingRoom: () => t('log.field.waitingRoom'),
  speakerSeconds: () => t('log.field.speakerSeconds'),
  speakersMax: () => t('log.field.speakersMax'),
  speakersOpen: () => t('log.field.speakersOpen'),
  proxyLimit: () => t('log.field.proxyLimit'),
};

function fieldsIn({ payload }: Entry): string {
  const names = Array.isArray(payload.fields) ? (payload.fields as readonly string[]) : [];
  return names.map((name) => FIELDS[name]?.() ?? name).join(', ');
}

/** A sentence for everything that the log tells of; a kind without one does not compile. */
const SENTENCES: Readonly<Record<LogKind, (parts: Parts) => string>> = {
  'access.revoked': ({ entry, what }) =>
    subjectOf(entry) === undefined ? t('log.accessOfSession') : t('log.said.access.revoked', { what }),
  'member.created': ({ who, what }) => t('log.said.member.created', { who, what }),
  'member.changed': ({ who, what, entry }) => t('log.said.member.changed', { who, what, fields: fieldsIn(entry) }),
  'member.deactivated': ({ who, what }) => t('log.said.member.deactivated', { who, what }),
  'member.reactivated': ({ who, what }) => t('log.said.member.reactivated', { who, what }),
  'member.joined': ({ what }) => t('log.said.member.joined', { what }),
  'members.imported': ({ who, entry }) =>
    t('log.said.members.imported', { who, made: figureIn(entry, 'made'), changed: figureIn(entry, 'changed') }),
  'members.invited': ({ who, entry }) => t('log.said.members.invited', { who, count: figureIn(entry, 'invited') }),
  'members.notified': ({ entry }) => t('log.said.members.notified', { count: figureIn(entry, 'count') }),
  'group.created': ({ who, what }) => t('log.said.group.created', { who, what }),
  'group.changed': ({ who, what }) => t('log.said.group.changed', { who, what }),
  'group.deleted': ({ who, what }) => t('log.said.group.deleted', { who, what }),
  'meeting.created': ({ who, what }) => t('log.said.meeting.created', { who, what }),
  'meeting.invited': ({ who, what, entry }) =>
    t('log.said.meeting.invited', { who, what, count: figureIn(entry, 'invited') }),
  'meeting.changed': ({ who, what, entry }) => t('log.said.meeting.changed', { who, what, fields: fieldsIn(entry) }),
  'meeting.started': ({ who, what }) => t('log.said.meeting.started', { who, what }),
  'meeting.ended': ({ who, what }) => t('log.said.meeting.ended', { who, what }),
  'meeting.code_rotated': ({ who, what }) => t('log.said.meeting.code_rotated', { who, what }),
  'meeting.joined': ({ what, attendee }) => t('log.said.meeting.joined', { what, attendee }),
  'meeting.admitted': ({ who, what, entry }) =>
    t('log.said.meeting.admitted', { who, what, count: figureIn(entry, 'count') }),
  'meeting.removed': ({ who, what, attendee }) => t('log.said.meeting.removed', { who, what, attendee }),
  'meeting.role': ({ who, what, attendee }) => t('log.said.meeting.role', { who, what, attendee }),
  'agenda.changed': ({ who, what }) => t('log.said.agenda.changed', { who, what }),
  'speakers.changed': ({ what }) => t('log.said.speakers.changed', { what }),
  'proxy.offered': ({ who, what }) => t('log.said.proxy.offered', { who, what }),
  'proxy.accepted': ({ who, what }) => t('log.said.proxy.accepted', { who, what }),
  'proxy.revoked': ({ who, what }) => t('log.said.proxy.revoked', { who, what }),
  'proxies.imported': ({ who, entry }) => t('log.said.proxies.imported', { who, count: figureIn(entry, 'count') }),
  'election.created': ({ who, what }) => t('log.said.election.created', { who, what }),
  'election.edited': ({ who, what }) => t('log.said.election.edited', { who, what }),
  'election.deleted': ({ who, what }) => t('log.said.election.deleted', { who, what }),
  'election.opened': ({ who, what }) => t('log.said.election.opened', { who, what }),
  'election.extended': ({ who, what, entry }) =>
    t('log.said.election.extended', { who, what, until: formatMoment(textIn(entry, 'closes_at')) }),
  'election.ballots': ({ what, entry }) => t('log.said.election.ballots', { what, count: figureIn(entry, 'size') }),
  'election.present': ({ who, what, entry }) =>
    t('log.said.election.present', { who, what, count: figureIn(entry, 'present') }),
  'election.closed': ({ who, what }) => t('log.said.election.closed', { who, what }),
  'election.cancelled': ({ who, what, entry }) =>
    t('log.said.election.cancelled', { who, what, reason: textIn(entry, 'reason') }),
  'election.counted': ({ what }) => t('log.said.election.counted', { what }),
  'election.published': ({ who, what }) => t('log.said.election.published', { who, what }),
  'election.paper_declared': ({ who, what, entry }) =>
    t('log.said.election.paper_declared', { who, what, count: figureIn(entry, 'ballots') }),
  'election.paper_entered': ({ who, what, entry }) =>
    t('log.said.election.paper_entered', { who, what, count: figureIn(entry, 'ballots') }),
  'election.paper_confirmed': ({ who, what, entry }) =>
    t('log.said.election.paper_confirmed', { who, what, count: figureIn(entry, 'ballots') }),
  'election.paper_mismatch': ({ who, what, entry }) =>
    t('log.said.election.paper_mismatch', { who, what, count: figureIn(entry, 'ballots') }),
  'election.paper_withdrawn': ({ who, what, entry }) =>
    t('log.said.election.paper_withdrawn', { who, what, count: figureIn(entry, 'ballots') }),
  'campaign.created': ({ who, what }) => t('log.said.campaign.created', { who, what }),
  'campaign.changed': ({ who, what }) => t('log.said.campaign.changed', { who, what }),
  'campaign.deleted': ({ who, what }) => t('log.said.campaign.deleted', { who, what }),
  'campaign.activated': ({ who, what }) => t('log.said.campaign.activated', { who, what }),
  'campaign.completed': ({ who, what }) => t('log.said.campaign.completed', { who, what }),
  'campaign.archived': ({ who, what }) => t('log.said.campaign.archived', { who, what }),
  'campaign.coins_expired': ({ who, what }) => t('log.said.campaign.coins_expired', { who, what }),
  'campaign.member': ({ who, what }) => t('log.said.campaign.member', { who, what }),
  'campaign.tags': ({ who, what }) => t('log.said.campaign.tags', { who, what }),
  'campaign.coins': ({ what, entry }) => t('log.said.campaign.coins', { what, count: figureIn(entry, 'size') }),
  'idea.submitted': ({ who, what }) => t('log.said.idea.submitted', { who, what }),
  'idea.changed': ({ who, what }) => t('log.said.idea.changed', { who, what }),
  'idea.approved': ({ who, what }) => t('log.said.idea.approved', { who, what }),
  'idea.rejected': ({ who, what }) => t('log.said.idea.rejected', { who, what }),
  'idea.merged': ({ who, what }) => t('log.said.idea.merged', { who, what }),
  'idea.accepted': ({ who, what }) => t('log.said.idea.accepted', { who, what }),
  'idea.started': ({ who, what }) => t('log.said.idea.started', { who, what }),
  'idea.completed': ({ who, what }) => t('log.said.idea.completed', { who, what }),
  'idea.commented': ({ who, what }) => t('log.said.idea.commented', { who, what }),
};

function isKnown(kind: string): kind is LogKind {
  return (LOG_KINDS as readonly string[]).includes(kind);
}

/** Titles stand in quotes, people do not. */
function named(reference: Reference | undefined, names: ReadonlyMap<string, string | null>): string {
  if (reference === undefined) return t('log.server');
  const name = names.get(reference.id);
  if (name === undefined) return '…';
  if (name === null) return t('log.unnamed', { id: reference.id.slice(0, 8) });
  const isTitle = reference.sort === 'meeting' || reference.sort === 'election' || reference.sort === 'group';
  return isTitle ? t('log.quoted', { name }) : name;
}

/** Who did what to which thing, in a sentence; a kind of a newer server is told by its name and particulars. */
export function sentenceOf(entry: Entry, names: ReadonlyMap<string, string | null>): string {
  if (!isKnown(entry.kind)) return `${entry.kind} ${particularsOf(entry)}`;
  const sentence = SENTENCES[entry.kind]({
    entry,
    who: named(actorOf(entry), names),
    what: named(subjectOf(entry), names),
    attendee: named(attendeeOf(entry), names),
  });
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** The ids and figures of an entry as they are, for whoever compares them with other records. */
export function particularsOf({ payload }: Entry): string {
  return Object.entries(payload)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
