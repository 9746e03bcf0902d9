import type { Identity, Person, Role } from '../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';

const everyone: readonly Role[] = ['guest', 'member', 'sponsor', 'auditor', 'moderator', 'admin'];
const members: readonly Role[] = ['member', 'sponsor', 'auditor', 'moderator', 'admin'];
const chair: readonly Role[] = ['moderator', 'admin'];
const overseers: readonly Role[] = ['auditor', 'moderator', 'admin'];

/**
 * Who may do what in an organisation. The first role of a row is the least one that suffices and is named to those who
 * lack it. `reach` says how far the row goes: who attends a meeting, with whatever role there, passes rows of reach
 * 'meeting' only, and gateway/auth/reach.ts holds them to their own meeting. What is seen of an election while it runs
 * (hidden tallies, unpublished results) is the engine's rule, save `results.preview`.
 */
export const PERMISSIONS = {
  'organisation.read': { roles: everyone, reach: 'meeting' },
  'organisation.manage': { roles: ['admin'], reach: 'organisation' }, // its name and settings
  'members.read': { roles: overseers, reach: 'organisation' }, // groups, notes and addresses too
  'members.manage': { roles: chair, reach: 'organisation' }, // groups, imports and exports too
  'members.roles': { roles: ['admin'], reach: 'organisation' }, // roles beside member, and whoever holds one
  'invitations.manage': { roles: chair, reach: 'organisation' },
  'meetings.create': { roles: chair, reach: 'organisation' },
  'meetings.list': { roles: overseers, reach: 'organisation' },
  'meetings.read': { roles: everyone, reach: 'meeting' }, // its agenda, its speakers and how many are here too
  'meetings.manage': { roles: chair, reach: 'meeting' }, // settings, start, end, code, agenda, speakers
  'meetings.attend': { roles: everyone, reach: 'meeting' }, // the own attendance; all that the waiting room may do
  'speakers.ask': { roles: everyone, reach: 'meeting' },
  'attendees.read': { roles: overseers, reach: 'meeting' },
  'attendees.manage': { roles: chair, reach: 'meeting' }, // admit, remove
  'attendees.roles': { roles: chair, reach: 'organisation' }, // roles in a meeting
  'proxies.read': { roles: members, reach: 'meeting' }, // the own; overseers all
  'proxies.give': { roles: members, reach: 'meeting' }, // accept and revoke too
  'proxies.manage': { roles: chair, reach: 'organisation' }, // record for others, import, revoke any, the limit
  'elections.create': { roles: chair, reach: 'meeting' },
  'elections.manage': { roles: chair, reach: 'meeting' }, // edit, open, extend, close, cancel, publish
  'templates.read': { roles: chair, reach: 'meeting' },
  'templates.manage': { roles: chair, reach: 'organisation' },
  'paper.count': { roles: chair, reach: 'meeting' }, // ballots on paper: declared, entered, confirmed
  'elections.read': { roles: everyone, reach: 'meeting' },
  'credentials.issue': { roles: chair, reach: 'organisation' },
  'ballots.cast': { roles: everyone, reach: 'meeting' }, // the credential decides whether it counts
  'ballots.read': { roles: everyone, reach: 'meeting' }, // the published list
  'tallies.read': { roles: everyone, reach: 'meeting' },
  'results.read': { roles: everyone, reach: 'meeting' },
  'results.preview': { roles: overseers, reach: 'meeting' }, // an unpublished result
  'participation.read': { roles: overseers, reach: 'meeting' }, // who has voted, whatever the election hides
  'elections.recount': { roles: overseers, reach: 'meeting' },
  'campaigns.create': { roles: ['sponsor', 'admin'], reach: 'organisation' },
  'campaigns.read': { roles: members, reach: 'organisation' }, // campaigns, ideas, boards; closed ones by invitation
  'campaigns.join': { roles: members, reach: 'organisation' }, // and leave
  'campaigns.manage': { roles: members, reach: 'organisation' }, // the engine asks for a manager of this campaign, or an admin
  'campaigns.analyse': { roles: members, reach: 'organisation' }, // the same, or a sponsor
  'ideas.submit': { roles: members, reach: 'organisation' }, // participants; comments too
  'coins.move': { roles: members, reach: 'organisation' }, // the own purse
  'search.read': { roles: everyone, reach: 'meeting' }, // what is found follows the rows of each kind
  'log.read': { roles: overseers, reach: 'organisation' },
  'audit.read': { roles: ['auditor', 'admin'], reach: 'organisation' }, // who changed what, with old and new values
  'sockets.connect': { roles: everyone, reach: 'meeting' },
  'api-keys.manage': { roles: ['admin'], reach: 'organisation' },
  'usage.read': { roles: ['auditor', 'admin'], reach: 'organisation' },
  'webhooks.manage': { roles: ['admin'], reach: 'organisation' },
  'work.manage': { roles: ['admin'], reach: 'organisation' }, // how background work goes; the own jobs that failed
} as const satisfies Record<string, { readonly roles: readonly Role[]; readonly reach: 'organisation' | 'meeting' }>;

/** What signed-in persons may do outside any organisation; 'platform' rows are for platform admins alone. */
export const PERSON_PERMISSIONS = {
  'account.manage': 'person', // the own account, its sessions and memberships
  'notifications.manage': 'person', // the own inbox, and how one is told
  'organisations.create': 'person',
  'invitations.redeem': 'person',
  'organisations.manage': 'platform', // any organisation: quotas
  'usage.report': 'platform', // of all organisations: who used how much
  'work.oversee': 'platform', // jobs that failed, of every organisation and of none
} as const satisfies Record<string, 'person' | 'platform'>;

export type Permission = keyof typeof PERMISSIONS;
export type PersonPermission = keyof typeof PERSON_PERMISSIONS;

/**
 * Who sees an election before it opens: whoever prepares it or watches over it. Everybody else is answered as if it were
 * not there. By role alone: the scopes of a key narrow what it does, and it must find the drafts that it made.
 */
export function seesDrafts(identity: Identity): boolean {
  return overseers.some((role) => identity.roles.includes(role));
}

export function permits(identity: Identity, permission: Permission): boolean {
  const { roles, reach } = PERMISSIONS[permission];
  return (
    (roles as readonly Role[]).some((role) => identity.roles.includes(role)) &&
    (identity.kind !== 'attendee' || reach === 'meeting') &&
    (identity.scopes === null || identity.scopes.includes(permission))
  );
}

/** Refuses `forbidden`, naming the least role that would do, unless one of the caller's roles allows it. */
export function authorise(identity: Identity, permission: Permission): Outcome<null> {
  if (permits(identity, permission)) return accept(null);
  const role = PERMISSIONS[permission].roles[0];
  if (identity.kind === 'attendee' && identity.scopes !== null) {
    return refuse('forbidden', 'You are in the waiting room. Wait until a moderator admits you.', {
      details: { role, reason: 'waiting' },
    });
  }
  if (identity.scopes !== null && !identity.scopes.includes(permission)) {
    return refuse('forbidden', `This key was made without the scope ${permission}. Use a key that has it.`, {
      details: { role, scope: permission },
    });
  }
  return refuse('forbidden', `This needs the role ${role}. Ask somebody of your organisation who has it.`, {
    details: { role },
  });
}

/** The same for what needs a signed-in person and no organisation. */
export function authorisePerson(person: Person, permission: PersonPermission): Outcome<null> {
  if (PERSON_PERMISSIONS[permission] === 'person' || person.platformAdmin) return accept(null);
  return refuse('forbidden', 'This needs an administrator of the platform.', { details: { role: 'platform_admin' } });
}
