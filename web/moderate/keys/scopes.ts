import type { Scope } from '../../../protocol/scopes.ts';
import { t } from '../texts.ts';

/** What a scope lets a program do, in words. */
const WORDS: Readonly<Record<Scope, () => string>> = {
  'organisation.read': () => t('scope.organisation.read'),
  'organisation.manage': () => t('scope.organisation.manage'),
  'members.read': () => t('scope.members.read'),
  'members.manage': () => t('scope.members.manage'),
  'members.roles': () => t('scope.members.roles'),
  'invitations.manage': () => t('scope.invitations.manage'),
  'meetings.create': () => t('scope.meetings.create'),
  'meetings.list': () => t('scope.meetings.list'),
  'meetings.read': () => t('scope.meetings.read'),
  'meetings.manage': () => t('scope.meetings.manage'),
  'meetings.attend': () => t('scope.meetings.attend'),
  'speakers.ask': () => t('scope.speakers.ask'),
  'attendees.read': () => t('scope.attendees.read'),
  'attendees.manage': () => t('scope.attendees.manage'),
  'attendees.roles': () => t('scope.attendees.roles'),
  'proxies.read': () => t('scope.proxies.read'),
  'proxies.give': () => t('scope.proxies.give'),
  'proxies.manage': () => t('scope.proxies.manage'),
  'elections.create': () => t('scope.elections.create'),
  'elections.manage': () => t('scope.elections.manage'),
  'templates.read': () => t('scope.templates.read'),
  'templates.manage': () => t('scope.templates.manage'),
  'paper.count': () => t('scope.paper.count'),
  'elections.read': () => t('scope.elections.read'),
  'credentials.issue': () => t('scope.credentials.issue'),
  'ballots.cast': () => t('scope.ballots.cast'),
  'ballots.read': () => t('scope.ballots.read'),
  'tallies.read': () => t('scope.tallies.read'),
  'results.read': () => t('scope.results.read'),
  'results.preview': () => t('scope.results.preview'),
  'participation.read': () => t('scope.participation.read'),
  'elections.recount': () => t('scope.elections.recount'),
  'campaigns.create': () => t('scope.campaigns.create'),
  'campaigns.read': () => t('scope.campaigns.read'),
  'campaigns.join': () => t('scope.campaigns.join'),
  'campaigns.manage': () => t('scope.campaigns.manage'),
  'campaigns.analyse': () => t('scope.campaigns.analyse'),
  'ideas.submit': () => t('scope.ideas.submit'),
  'coins.move': () => t('scope.coins.move'),
  'search.read': () => t('scope.search.read'),
  'log.read': () => t('scope.log.read'),
  'audit.read': () => t('scope.audit.read'),
  'sockets.connect': () => t('scope.sockets.connect'),
  'api-keys.manage': () => t('scope.api-keys.manage'),
  'usage.read': () => t('scope.usage.read'),
  'webhooks.manage': () => t('scope.webhooks.manage'),
  'work.manage': () => t('scope.work.manage'),
};

/** A scope of a newer server goes by its name. */
export function scopeName(scope: string): string {
  return WORDS[scope as Scope]?.() ?? scope;
}

export function scopeNames(scopes: readonly string[]): string {
  return scopes.map(scopeName).join(', ');
}
