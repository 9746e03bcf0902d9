const EVERYONE = ['member', 'sponsor', 'auditor', 'moderator', 'admin'];
const OVERSEERS = ['auditor', 'moderator', 'admin'];
const CHAIR = ['moderator', 'admin'];
const SPONSORS = ['sponsor', 'admin'];

/** Rooms of the console -> the roles of the organisation that open them, as the gateway has it. */
const OPENED_BY: Readonly<Record<string, readonly string[]>> = {
  '/moderate': OVERSEERS,
  '/moderate/campaigns': EVERYONE, // what they run of them; the gateway asks for each
  '/moderate/search': EVERYONE,
  '/moderate/members': OVERSEERS,
  '/moderate/members/import': CHAIR,
  '/moderate/groups': OVERSEERS,
  '/moderate/proxies': OVERSEERS,
  '/moderate/keys': ['admin'],
  '/moderate/webhooks': ['admin'],
  '/moderate/log': OVERSEERS,
  '/moderate/audit': ['auditor', 'admin'],
  '/moderate/work': ['admin'],
};

/** Whether one of the roles opens the room, e.g. '/moderate/keys'. */
export function mayEnter(room: string, roles: readonly string[] = []): boolean {
  return OPENED_BY[room]?.some((role) => roles.includes(role)) === true;
}

/** Whether meetings are led by somebody with these roles, those of an account or of an attendance. */
export function leads(roles: readonly string[] = []): boolean {
  return CHAIR.some((role) => roles.includes(role));
}

/** Whether meetings are at least watched over by them: without anything that changes one. */
export function oversees(roles: readonly string[] = []): boolean {
  return OVERSEERS.some((role) => roles.includes(role));
}

/** Whether campaigns are created by somebody with these roles. */
export function createsCampaigns(roles: readonly string[] = []): boolean {
  return SPONSORS.some((role) => roles.includes(role));
}

/** Whether every campaign is seen by them, and its figures: without anything that changes one they do not run. */
export function seesAllCampaigns(roles: readonly string[] = []): boolean {
  return SPONSORS.some((role) => roles.includes(role));
}
