import type { Identity, Role } from '../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';

const everyone: readonly Role[] = ['guest', 'member', 'moderator', 'admin'];
const chair: readonly Role[] = ['moderator', 'admin'];

/**
 * Who may do what. The first role of a row is the least one that suffices and is named to those who lack it.
 * What is seen of an election while it runs (hidden tallies, unpublished results) is the engine's rule, save
 * `results.preview`: an unpublished result is for the chair alone.
 */
export const PERMISSIONS = {
  'meetings.create': chair,
  'meetings.list': chair,
  'meetings.read': everyone,
  'elections.create': chair,
  'elections.manage': chair, // open, close, cancel, publish
  'elections.read': everyone,
  'credentials.issue': chair,
  'ballots.cast': everyone, // the credential decides whether it counts
  'ballots.read': everyone, // the published list
  'tallies.read': everyone,
  'results.read': everyone,
  'results.preview': chair,
  'participation.read': chair, // it would show the count of an election whose figures are hidden
  'elections.recount': chair,
  'sockets.connect': everyone,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

export function permits(roles: readonly Role[], permission: Permission): boolean {
  return PERMISSIONS[permission].some((role) => roles.includes(role));
}

/** Refuses `forbidden`, naming the least role that would do, unless one of the caller's roles allows it. */
export function authorise(identity: Identity, permission: Permission): Outcome<null> {
  if (permits(identity.roles, permission)) return accept(null);
  const role = PERMISSIONS[permission][0];
  return refuse('forbidden', `This needs the role ${role}. Ask a ${role} of your organisation.`, { details: { role } });
}
