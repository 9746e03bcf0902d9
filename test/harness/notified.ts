import type { Sql } from '../../engine/db/index.ts';
import type { Engine, Person } from '../../engine/index.ts';
import { accepted } from './engines.ts';
import { newPerson } from './persons.ts';

export interface NotifiedMember {
  readonly memberId: string;
  readonly email: string;
  readonly person: Person;
  readonly accessToken: string;
}

/** A member with an account, who can be told of things. */
export async function newNotifiedMember(
  engine: Engine,
  superuser: Sql,
  orgId: string,
  name: string,
  roles: readonly ('admin' | 'moderator' | 'member')[] = ['member'],
): Promise<NotifiedMember> {
  const { email, pair, person } = await newPerson(engine);
  const memberId = await newPlainMember(engine, orgId, name, email, roles);
  await superuser`UPDATE app.members SET account_id = ${person.accountId} WHERE org_id = ${orgId} AND member_id = ${memberId}`;
  return { memberId, email, person, accessToken: pair.accessToken };
}

export async function newPlainMember(
  engine: Engine,
  orgId: string,
  name: string,
  email: string | null,
  roles: readonly ('admin' | 'moderator' | 'member')[] = ['member'],
): Promise<string> {
  const member = {
    name,
    email,
    roles: [...roles],
    status: 'active' as const,
    weight: 1_000_000n,
    groups: [],
    note: '',
  };
  return accepted(await engine.members.create(orgId, member, { id: orgId, givesRoles: true })).memberId;
}

/** Lets everything that the log says by now take effect, as a worker does. */
export async function tellAll(engine: Engine, superuser: Sql, orgId: string): Promise<void> {
  const [head] = await superuser<{ pos: bigint }[]>`SELECT pos FROM app.log_head WHERE org_id = ${orgId}`;
  await engine.notifications.follow({ orgId, from: 1, to: Number(head?.pos ?? 1) });
}
