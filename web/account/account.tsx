import { Deletion } from './deletion.tsx';
import { DataExport } from './export.tsx';
import { EmailForm, PasswordChangeForm, ProfileForm } from './profile.tsx';
import { SecondFactor } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';
import { t } from './texts.ts';

/** Everything about the own account, one matter a section. */
export function AccountPage() {
  return (
    <div class="stack sections">
      <h1>{t('account.title')}</h1>
      <ProfileForm />
      <EmailForm />
      <PasswordChangeForm />
      <SecondFactor />
      <Sessions />
      <DataExport />
      <Deletion />
    </div>
  );
}
