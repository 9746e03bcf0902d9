import type { AuditEntryView } from '../../../protocol/audit.ts';
import { formatMoment, formatNumber } from '../../ui/i18n.ts';
import { t } from '../texts.ts';

/** Columns that hold moments are called so. */
const MOMENT = /(?:_at|_until)$/;
const DATE = /^\d{4}-\d\d-\d\dT/;

/** What acts are about, by the part before the dot. What has no words here is shown as it is called. */
export function areaName(area: string): string {
  const names: Readonly<Record<string, string>> = {
    organisations: t('audit.area.organisations'),
    members: t('audit.area.members'),
    member_invitations: t('audit.area.member_invitations'),
    member_imports: t('audit.area.member_imports'),
    groups: t('audit.area.groups'),
    group_members: t('audit.area.group_members'),
    proxies: t('audit.area.proxies'),
    proxy_settings: t('audit.area.proxy_settings'),
    meetings: t('audit.area.meetings'),
    attendees: t('audit.area.attendees'),
    agenda_items: t('audit.area.agenda_items'),
    speakers: t('audit.area.speakers'),
    elections: t('audit.area.elections'),
    election_templates: t('audit.area.election_templates'),
    electoral_roll: t('audit.area.electoral_roll'),
    results: t('audit.area.results'),
    pictures: t('audit.area.pictures'),
    api_keys: t('audit.area.api_keys'),
    webhooks: t('audit.area.webhooks'),
    quotas: t('audit.area.quotas'),
    ballots: t('audit.area.ballots'),
    credentials: t('audit.area.credentials'),
    paper: t('audit.area.paper'),
    access: t('audit.area.access'),
    dead_letters: t('audit.area.dead_letters'),
    audit: t('audit.area.audit'),
  };
  return names[area] ?? area;
}

/** The areas that the filter offers. */
export const AREAS = [
  ...['members', 'groups', 'group_members', 'member_invitations', 'member_imports', 'proxies', 'meetings', 'attendees'],
  ...[
    'agenda_items',
    'elections',
    'electoral_roll',
    'credentials',
    'ballots',
    'paper',
    'results',
    'election_templates',
  ],
  ...['api_keys', 'webhooks', 'access', 'organisations', 'quotas', 'dead_letters', 'audit'],
] as const;

function verbName(verb: string): string {
  const names: Readonly<Record<string, string>> = {
    created: t('audit.verb.created'),
    changed: t('audit.verb.changed'),
    removed: t('audit.verb.removed'),
    truncated: t('audit.verb.truncated'),
    cast: t('audit.verb.cast'),
    issued: t('audit.verb.issued'),
    entered: t('audit.verb.entered'),
    confirmed: t('audit.verb.confirmed'),
    mismatched: t('audit.verb.mismatched'),
    withdrawn: t('audit.verb.withdrawn'),
    revoked: t('audit.verb.revoked'),
    erased: t('audit.verb.erased'),
    archived: t('audit.verb.archived'),
    retried: t('audit.verb.retried'),
    dropped: t('audit.verb.dropped'),
  };
  return names[verb] ?? verb;
}

/** 'Member changed', '3 ballots cast'. */
export function actWords({ act, facts }: AuditEntryView): string {
  const [area = '', verb = ''] = act.split('.');
  const count = facts?.ballots ?? facts?.credentials ?? facts?.rows;
  const words = t('audit.act', { area: areaName(area), verb: verbName(verb) });
  return typeof count === 'number' ? t('audit.counted', { words, count: formatNumber(count) }) : words;
}

/** Who: a name where there is one, else what kind of caller it was. */
export function actorWords({ actor, actor_name: name }: AuditEntryView): string {
  if (name !== null) return name;
  const [kind = '', id = ''] = actor.split(':');
  const names: Readonly<Record<string, string>> = {
    member: t('audit.actor.member'),
    api_key: t('audit.actor.api_key'),
    attendee: t('audit.actor.attendee'),
    account: t('audit.actor.account'),
    voters: t('audit.actor.voters'),
    operator: t('audit.actor.operator'),
    anonymous: t('audit.actor.anonymous'),
    system: t('audit.actor.system'),
    database: t('audit.actor.database', { login: id }),
  };
  return names[kind] ?? actor;
}

/** A value as a person reads it. */
export function valueWords(column: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return t('audit.nothing');
  if (value === '(not shown)') return t('audit.hidden');
  if (value === true) return t('audit.yes');
  if (value === false) return t('audit.no');
  if (typeof value === 'string') return MOMENT.test(column) && DATE.test(value) ? formatMoment(value) : value;
  if (typeof value === 'number') return formatNumber(value);
  return JSON.stringify(value);
}

/** Columns that tell nothing on the page: they stand in the heading, or are the same for the whole organisation. */
const UNSAID = new Set(['org_id']);

export interface ChangedValue {
  readonly column: string;
  readonly old: unknown;
  readonly new: unknown;
}

/** What changed, a column each; of a new row what was filled in. */
export function changesOf({ old, new: after }: AuditEntryView): readonly ChangedValue[] {
  const columns = [...new Set([...Object.keys(old ?? {}), ...Object.keys(after ?? {})])].sort();
  return columns
    .map((column) => ({ column, old: old?.[column] ?? null, new: after?.[column] ?? null }))
    .filter((change) => !UNSAID.has(change.column) && (change.old !== null || change.new !== null));
}
