import type { PsephosError } from '../../client/index.ts';
import { account, chooseOrganisation, membership } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { followLink } from '../ui/router.ts';
import { PageNote } from './page-note.tsx';
import { t } from './texts.ts';

/**
 * A campaign that the person cannot see. A link may come from another of their organisations, so the way there is offered:
 * nobody is told whether it is there.
 */
export function NotHere({ error }: { readonly error: PsephosError }) {
  const others = account.value?.memberships.filter(({ org_id: id }) => id !== membership.value?.org_id) ?? [];
  if (error.code === 'AUTH_001') {
    const link = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    return (
      <PageNote title={t('signedOut.title')} text={t('signedOut.text')}>
        <a class="button button-primary" href={link}>
          {t('signedOut.signIn')}
        </a>
      </PageNote>
    );
  }
  return (
    <PageNote title={t('missing.title')} text={t('missing.text', { organisation: membership.value?.name ?? '' })}>
      {others.map(({ org_id: id, name }) => (
        <Button key={id} onClick={() => chooseOrganisation(id)}>
          {t('missing.lookIn', { organisation: name })}
        </Button>
      ))}
      <p>
        <a href="/campaigns" onClick={followLink}>
          {t('gallery.all')}
        </a>
      </p>
    </PageNote>
  );
}
