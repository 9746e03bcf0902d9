type KeyRole = 'member' | 'sponsor' | 'auditor' | 'moderator' | 'admin';

const everyone = ['member', 'sponsor', 'auditor', 'moderator', 'admin'] as const;
const chair = ['moderator', 'admin'] as const;
const overseers = ['auditor', 'moderator', 'admin'] as const;

/**
 * Scopes that an API key can be narrowed to -> the roles that have them, for whoever makes a key. What is allowed is
 * decided in gateway/auth/permissions.ts; a test holds the two equal.
 */
export const SCOPES = {
  'organisation.read': everyone,
  'organisation.manage': ['admin'],
  'members.read': overseers,
  'members.manage': chair,
  'members.roles': ['admin'],
  'invitations.manage': chair,
  'meetings.create': chair,
  'meetings.list': overseers,
  'meetings.read': everyone,
  'meetings.manage': chair,
  'meetings.attend': everyone,
  'speakers.ask': everyone,
  'attendees.read': overseers,
  'attendees.manage': chair,
  'attendees.roles': chair,
  'proxies.read': everyone,
  'proxies.give': everyone,
  'proxies.manage': chair,
  'elections.create': chair,
  'elections.manage': chair,
  'templates.read': chair,
  'templates.manage': chair,
  'paper.count': chair,
  'elections.read': everyone,
  'credentials.issue': chair,
  'ballots.cast': everyone,
  'ballots.read': everyone,
  'tallies.read': everyone,
  'results.read': everyone,
  'results.preview': overseers,
  'participation.read': overseers,
  'elections.recount': overseers,
  'campaigns.create': ['sponsor', 'admin'],
  'campaigns.read': everyone,
  'campaigns.join': everyone,
  'campaigns.manage': everyone,
  'campaigns.analyse': everyone,
  'ideas.submit': everyone,
  'coins.move': everyone,
  'search.read': everyone,
  'log.read': overseers,
  'audit.read': ['auditor', 'admin'],
  'sockets.connect': everyone,
  'api-keys.manage': ['admin'],
  'usage.read': ['auditor', 'admin'],
  'webhooks.manage': ['admin'],
  'work.manage': ['admin'],
} as const satisfies Readonly<Record<string, readonly KeyRole[]>>;

export type Scope = keyof typeof SCOPES;

export function scopesOf(role: KeyRole): readonly Scope[] {
  return (Object.keys(SCOPES) as Scope[]).filter((scope) => (SCOPES[scope] as readonly KeyRole[]).includes(role));
}
