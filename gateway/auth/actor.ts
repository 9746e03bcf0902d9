import type { Caller, Identity } from '../../engine/index.ts';
import type { AnyPermission } from '../http/operation.ts';
import { PERSON_PERMISSIONS } from './permissions.ts';

const NAMES: Readonly<Record<Identity['kind'], string>> = {
  account: 'member',
  api_key: 'api_key',
  attendee: 'attendee',
};

/** A member, key or attendee as the audit names it. */
export function actorOfIdentity({ kind, id, memberId }: Identity): string {
  return kind === 'account' ? `${NAMES[kind]}:${memberId ?? id}` : `${NAMES[kind]}:${id}`;
}

/**
 * Who carries an operation out, as the audit names it: within an organisation the member, key or attendee; for what needs a
 * person and no organisation the account.
 */
export function actorOf({ identity, person }: Caller, permission: AnyPermission | null): string {
  const asPerson = permission !== null && permission in PERSON_PERMISSIONS;
  if (identity !== null && !asPerson) return actorOfIdentity(identity);
  if (person !== null) return `account:${person.accountId}`;
  return 'anonymous';
}
