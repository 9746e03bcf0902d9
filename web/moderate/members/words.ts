import type { MemberView } from '../../../protocol/members.ts';
import { t } from '../texts.ts';

export function statusName(status: MemberView['status']): string {
  const names = { active: t('status.active'), invited: t('status.invited'), inactive: t('status.inactive') };
  return names[status];
}

export type MemberRole = MemberView['roles'][number];

export function roleName(role: MemberRole): string {
  const names: Readonly<Record<MemberRole, string>> = {
    admin: t('role.admin'),
    sponsor: t('role.sponsor'),
    moderator: t('role.moderator'),
    auditor: t('role.auditor'),
    member: t('role.member'),
  };
  return names[role];
}

export function rolesInWords(roles: readonly MemberRole[]): string {
  return roles.map(roleName).join(', ');
}
