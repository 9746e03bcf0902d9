import { useState } from 'preact/hooks';
import type { AccountView } from '../../protocol/accounts.ts';
import { account, api, loadAccount } from '../ui/account-session.ts';
import { toast } from '../ui/announce.tsx';
import { Field } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { chooseLocale, LOCALE_NAMES, LOCALES } from '../ui/i18n.ts';
import { useSubmission } from '../ui/submission.ts';
import { NewPasswordField, PresentPasswordField } from './fields.tsx';
import { explainConfirmation, faultyFields } from './refusals.ts';
import { Section } from './section.tsx';
import { t } from './texts.ts';

/** How the person wants to be called, and in which language. */
export function ProfileForm() {
  const { name: present, locale: presentLocale } = account.value as AccountView;
  const [name, setName] = useState(present);
  const [language, setLanguage] = useState(presentLocale);
  const form = useSubmission('save-profile');
  const problems = name.trim() === '' ? [{ field: 'name', text: t('register.nameMissing') }] : [];
  const save = () =>
    form.submit(problems, async () => {
      const body = { name: name.trim(), locale: language };
      await api.call({ method: 'PATCH', path: '/v1/account', body });
      chooseLocale(language);
      await loadAccount();
      toast(t('account.saved'));
    });
  return (
    <Section title={t('profile.title')}>
      <Form form={form} onSubmit={save} act={t('account.save')}>
        <Field
          id="name"
          label={t('register.name')}
          value={name}
          onInput={setName}
          error={form.errorOf('name')}
          autocomplete="name"
          maxLength={100}
          required
        />
        <fieldset class="choices">
          <legend>{t('profile.language')}</legend>
          {LOCALES.map((each) => (
            <label class="choice" key={each} lang={each}>
              <input type="radio" name="language" checked={each === language} onChange={() => setLanguage(each)} />
              <span>{LOCALE_NAMES[each]}</span>
            </label>
          ))}
        </fieldset>
      </Form>
    </Section>
  );
}

/** The new address counts once the link in the mail to it has been followed. */
export function EmailForm() {
  const { email: present, has_password: hasPassword } = account.value as AccountView;
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const form = useSubmission('save-email', (error) =>
    faultyFields(error).includes('email')
      ? [{ field: 'new-email', text: t('signIn.emailWrong') }]
      : explainConfirmation(hasPassword ? 'email-password' : 'save-email', hasPassword)(error),
  );
  const problems = email.trim() === '' ? [{ field: 'new-email', text: t('signIn.emailMissing') }] : [];
  const save = () =>
    form.submit(problems, async () => {
      const body = { email: email.trim(), ...(password === '' ? {} : { password }) };
      await api.call({ method: 'POST', path: '/v1/account/email', body });
      toast(t('email.sent', { email: email.trim() }));
      setEmail('');
      setPassword('');
    });
  return (
    <Section title={t('email.title')}>
      <p>{t('email.present', { email: present })}</p>
      <Form form={form} onSubmit={save} act={t('email.change')} kind="plain">
        <Field
          id="new-email"
          type="email"
          label={t('email.new')}
          value={email}
          onInput={setEmail}
          error={form.errorOf('new-email')}
          autocomplete="email"
          inputMode="email"
        />
        {hasPassword && (
          <PresentPasswordField
            id="email-password"
            value={password}
            onInput={setPassword}
            error={form.errorOf('email-password')}
          />
        )}
      </Form>
    </Section>
  );
}

/** Other sessions end with the old password. */
export function PasswordChangeForm() {
  const { has_password: hasPassword } = account.value as AccountView;
  const [present, setPresent] = useState('');
  const [password, setPassword] = useState('');
  const form = useSubmission('save-password', (error) =>
    faultyFields(error).includes('password')
      ? [{ field: 'new-password', text: t('account.passwordWeak') }]
      : explainConfirmation(hasPassword ? 'present-password' : 'save-password', hasPassword)(error),
  );
  const problems = password.length < 8 ? [{ field: 'new-password', text: t('register.passwordShort') }] : [];
  const save = () =>
    form.submit(problems, async () => {
      const body = { password, ...(hasPassword ? { current_password: present } : {}) };
      await api.call({ method: 'POST', path: '/v1/account/password', body });
      setPresent('');
      setPassword('');
      await loadAccount();
      toast(t('password.changed'));
    });
  return (
    <Section title={t('password.title')}>
      <Form form={form} onSubmit={save} act={t('password.change')} kind="plain">
        {hasPassword && (
          <PresentPasswordField
            id="present-password"
            value={present}
            onInput={setPresent}
            error={form.errorOf('present-password')}
          />
        )}
        <NewPasswordField
          id="new-password"
          value={password}
          onInput={setPassword}
          error={form.errorOf('new-password')}
          label={t('link.newPassword')}
        />
      </Form>
    </Section>
  );
}
