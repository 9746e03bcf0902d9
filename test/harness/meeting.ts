import { randomBytes, randomUUID } from 'node:crypto';
import type { Election, Engine, Identity, Joined, Meeting, Role } from '../../engine/index.ts';
import { accepted, ONE_VOTE } from './engines.ts';

/** A member as somebody who has signed in with an account acts. */
export function accountOf(orgId: string, memberId: string, roles: readonly Role[] = ['member']): Identity {
  const session = { sessionId: randomUUID(), scopes: null, expiresAtMs: null, tokenHashPrefix: '00000000' };
  return { kind: 'account', orgId, roles, id: memberId, memberId, meetingId: null, ...session };
}

/** Members with their ids, weights from 1 on where `weighted`. */
export async function newMembers(engine: Engine, orgId: string, names: readonly string[], weighted = false) {
  const actor = { id: orgId, givesRoles: true };
  const ids: string[] = [];
  for (const [index, name] of names.entries()) {
    const weight = weighted ? BigInt(index + 1) * ONE_VOTE : ONE_VOTE;
    ids.push(
      accepted(await engine.members.create(orgId, { number: name.toLowerCase(), name, weight }, actor)).memberId,
    );
  }
  return ids;
}

/** Joins a meeting as a member, as if with their account. */
export async function joinAs(engine: Engine, meeting: Meeting, memberId: string): Promise<Joined> {
  const caller = accountOf(meeting.orgId, memberId);
  return accepted(await engine.meetings.join(meeting.joinCode, { caller }));
}

/** Who a session token belongs to. */
export async function identityOf(engine: Engine, { sessionToken }: Joined): Promise<Identity> {
  return accepted(await engine.accounts.authenticate(sessionToken)).identity as Identity;
}

/** Casts a ballot by the right of an identity, or of whose proxy they hold. */
export async function castAs(
  engine: Engine,
  identity: Identity,
  election: Election,
  choice = 'yes',
  onBehalfOf?: string,
) {
  const { electionId } = election;
  const credential = await engine.meetings.credentialFor(identity, electionId, onBehalfOf);
  if (!credential.ok) return credential;
  const castKey = randomBytes(16).toString('hex');
  const request = { electionId, credential: credential.value, castKey, ballot: { choice } };
  return engine.elections.cast(identity.orgId, request);
}
