import { randomUUID } from 'node:crypto';
import type { Election, Engine, Identity, Meeting, Role } from '../../../engine/index.ts';
import { accept, refuse } from '../../../engine/outcome.ts';

export const ORG = '0192f0c1-0000-7cc3-9a51-000000000001';
export const MEETING = '0192f0c1-0000-7cc3-9a51-000000000002';
export const ELECTION = '0192f0c1-0000-7cc3-9a51-000000000003';
const NOW = new Date('2026-11-21T18:00:00.000Z');

export const meeting: Meeting = {
  meetingId: MEETING,
  orgId: ORG,
  title: 'Assembly',
  joinCode: 'K7Q4',
  state: 'planned',
  startsAt: null,
  startedAt: null,
  endedAt: null,
  sessionsEndAt: null,
  guestsAllowed: true,
  waitingRoom: false,
  nameRequired: true,
  proxyLimit: null,
  speakersOpen: true,
  speakerSeconds: null,
  speakersMax: null,
  createdAt: NOW,
};

export const election: Election = {
  electionId: ELECTION,
  orgId: ORG,
  meetingId: MEETING,
  title: 'Board',
  description: '',
  method: { method: 'choose', settings: { min: 1, max: 1, seats: 1 } },
  options: [
    { id: 'a', title: 'Ada' },
    { id: 'b', title: 'Grace' },
  ],
  rules: {},
  secrecy: 'secret',
  visibility: 'live',
  roll: 'tokens',
  rollGroupId: null,
  secretStep: 3,
  durationSeconds: null,
  state: 'open',
  opensAt: null,
  closesAt: null,
  openedAt: NOW,
  closedAt: null,
  publishedAt: null,
  cancelReason: null,
  present: null,
  presentWeight: null,
  paperDeclared: 0,
  openedBy: 'chair',
  closedBy: null,
  publishedBy: null,
  changedPos: 7,
  createdAt: NOW,
};

/** Secrets are `ROLE` for an API key, `attendee-ROLE` for a session of MEETING, and 'outsider' for one of another meeting. */
function identityOf(secret: string): Identity | null {
  const match = /^(attendee-)?(admin|sponsor|moderator|auditor|member|guest)$/.exec(secret);
  if (secret === 'outsider') return { ...identityOf('attendee-guest'), meetingId: randomUUID() } as Identity;
  if (match === null) return null;
  return {
    kind: match[1] === undefined ? 'api_key' : 'attendee',
    orgId: ORG,
    roles: [match[2] as Role],
    id: randomUUID(),
    meetingId: match[1] === undefined ? null : MEETING,
    memberId: null,
    sessionId: null,
    scopes: null,
    expiresAtMs: null,
    tokenHashPrefix: '0a1b2c3d',
  };
}

type Rooms = {
  [Room in keyof Engine]?: Engine[Room] extends (...args: never[]) => unknown ? Engine[Room] : Partial<Engine[Room]>;
};

/** Keeps answers in memory, as the engine's does in its table. */
function memoryIdempotency(): Engine['idempotency'] {
  const kept = new Map<string, { hash: string; answer: { status: number; body: unknown } | null }>();
  return {
    async begin(orgId, key, requestHash) {
      const entry = kept.get(`${orgId} ${key}`);
      const hash = requestHash.toString('hex');
      if (entry === undefined) {
        kept.set(`${orgId} ${key}`, { hash, answer: null });
        return accept({ run: true as const });
      }
      if (entry.hash !== hash) return refuse('conflict', 'This Idempotency-Key was used for another request.');
      if (entry.answer === null) {
        return refuse('conflict', 'Still in work.', { retryAfterMs: 100, details: { reason: 'in_progress' } });
      }
      return accept({ run: false as const, ...entry.answer });
    },
    async finish(orgId, key, status, body) {
      const entry = kept.get(`${orgId} ${key}`);
      if (entry !== undefined) entry.answer = { status, body };
    },
    async abandon(orgId, key) {
      kept.delete(`${orgId} ${key}`);
    },
  };
}

/** An engine that says yes: one meeting, one open election. `rooms` replaces what a test is about. */
export function stubEngine(rooms: Rooms = {}): Engine {
  const authenticate = async (secret: string, orgId?: string) => {
    const identity = identityOf(secret);
    if (identity === null) return refuse('unauthenticated', 'This key is unknown.', { details: { reason: 'unknown' } });
    if (orgId !== undefined && orgId.toLowerCase() !== identity.orgId)
      return refuse('not_found', 'There is no such organisation.');
    return accept({ identity, person: null });
  };
  const found = async (_org: string, id: string) =>
    id === ELECTION ? accept(election) : refuse('not_found', 'There is no such election.');
  const engine = {
    elections: {
      fallback: null,
      create: async () => accept({ ...election, state: 'draft' as const }),
      get: found,
      list: async () => accept({ items: [election], nextCursor: null }),
      issue: async (_org: string, _id: string, credentials: readonly unknown[]) => {
        return accept({ issued: credentials.length, repeated: 0 });
      },
      open: found,
      close: found,
      cancel: found,
      publish: found,
      cast: async () => accept({ trackingCode: '5f4dcc3b5aa765d61d8327deb882cf99' }),
      participation: async () => accept({ roll: 3, rollWeight: 3_250_000n, voted: 1, votedWeight: 250_000n }),
      ...rooms.elections,
    },
    meetings: {
      create: async () => accept(meeting),
      get: async () => accept(meeting),
      list: async () => accept({ items: [meeting], nextCursor: null }),
      find: async () => accept({ orgId: ORG, meetingId: MEETING }),
      join: async () =>
        accept({
          sessionToken: 'pst_secret',
          expiresAt: NOW,
          attendeeId: randomUUID(),
          state: 'admitted' as const,
          name: 'Ada',
          memberId: null,
          meeting,
        }),
      credentialFor: () => accept('07'.repeat(32)),
      ...rooms.meetings,
    },
    accounts: {
      authenticate,
      recall: authenticate,
      issueSocketTicket: async () => accept({ ticket: 'tkt_secret', expiresAt: NOW }),
      ...rooms.accounts,
    },
    attempts: {
      take: async () => accept({ points: 1, leftMs: 1_000 }),
      taken: async () => accept({ points: 0, leftMs: 0 }),
      turn: async () => accept(0),
      forget: async () => accept(null),
      ...rooms.attempts,
    },
    idempotency: { ...memoryIdempotency(), ...rooms.idempotency },
    ready: rooms.ready ?? (async () => accept({ database: 'up' as const, migration: '0006_urn' })),
    close: rooms.close ?? (async () => {}),
  };
  return engine as unknown as Engine;
}
