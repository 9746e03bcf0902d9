import { t } from './texts.ts';

/** Roles in the page's language, as a list of words. */
export function roleNames(roles: readonly string[]): string {
  const names: Readonly<Record<string, string>> = {
    admin: t('role.admin'),
    sponsor: t('role.sponsor'),
    moderator: t('role.moderator'),
    auditor: t('role.auditor'),
    member: t('role.member'),
  };
  return roles.map((role) => names[role] ?? role).join(', ');
}
