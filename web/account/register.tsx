import { useState } from 'preact/hooks';
import { anonymous } from '../ui/account-session.ts';
import { Field } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { locale } from '../ui/i18n.ts';
import { followLink } from '../ui/router.ts';
import { useSubmission } from '../ui/submission.ts';
import { EmailField, NewPasswordField } from './fields.tsx';
import { explainChosen } from './refusals.ts';
import { t } from './texts.ts';

const PASSWORD_MIN = 8;

function problemsOf(name: string, email: string, password: string) {
  return [
    ...(name.trim() === '' ? [{ field: 'name', text: t('register.nameMissing') }] : []),
    ...(email.trim() === '' ? [{ field: 'email', text: t('signIn.emailMissing') }] : []),
    ...(password.length < PASSWORD_MIN ? [{ field: 'password', text: t('register.passwordShort') }] : []),
  ];
}

/** A new account. The answer is the same for an address that has one: its owner gets a mail that says so. */
export function Register() {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [sent, setSent] = useState(false);
  const form = useSubmission('register', explainChosen);

  const register = () =>
    form.submit(problemsOf(name, email, password), async () => {
      const body = { email: email.trim(), password, name: name.trim(), locale: locale.value };
      await anonymous.call({ method: 'POST', path: '/v1/auth/register', body });
      setSent(true);
    });

  if (sent) {
    return (
      <div class="stack">
        <h1>{t('register.sentTitle')}</h1>
        <p role="status">{t('register.sent', { email: email.trim() })}</p>
        <a href="/sign-in" onClick={followLink}>
          {t('link.toSignIn')}
        </a>
      </div>
    );
  }
  return (
    <Form
      form={form}
      onSubmit={register}
      head={<h1>{t('register.title')}</h1>}
      act={t('register.submit')}
      wide
      foot={
        <a href="/sign-in" onClick={followLink}>
          {t('register.haveOne')}
        </a>
      }
    >
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
      <EmailField id="email" value={email} onInput={setEmail} error={form.errorOf('email')} />
      <NewPasswordField
        id="password"
        value={password}
        onInput={setPassword}
        error={form.errorOf('password')}
        label={t('signIn.password')}
      />
    </Form>
  );
}
