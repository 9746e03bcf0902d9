import { useEffect, useState } from 'preact/hooks';
import type { PsephosError } from '../../client/index.ts';
import { account, anonymous, loadAccount, signInWith, takeUpSession } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { ErrorSummary, Field, type FieldError } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { followLink } from '../ui/router.ts';
import { useSubmission } from '../ui/submission.ts';
import { type Arrival, destination, keepDestination, leaveTo, takeArrival, takeProviderAnswer } from './arrival.ts';
import { EmailField } from './fields.tsx';
import { takeInvitation } from './invitation.ts';
import { Links } from './links.tsx';
import { faultyFields } from './refusals.ts';
import { t } from './texts.ts';

/** The other ways in, which the installation may or may not have. */
interface Provider {
  readonly name: string;
  readonly start_url: string;
}

/** What the gateway says about a sign-in, at the field it is about. */
function explain(error: PsephosError): readonly FieldError[] | undefined {
  if (faultyFields(error).includes('email')) return [{ field: 'email', text: t('signIn.emailWrong') }];
  if (error.code !== 'AUTH_001') return undefined;
  const texts: Readonly<Record<string, FieldError>> = {
    code_missing: { field: 'code', text: t('signIn.codeNeeded') },
    code_wrong: { field: 'code', text: t('signIn.codeWrong') },
    unverified: { field: 'email', text: t('signIn.unverified') },
  };
  return [texts[String(error.details.reason)] ?? { field: 'email', text: t('signIn.wrong') }];
}

/** Why a provider's way back did not sign in. */
function providerRefusal(reason: string): string {
  if (reason === 'provider_away') return t('signIn.providerAway');
  if (reason === 'no_email' || reason === 'email_unverified') return t('signIn.providerEmail');
  return t('signIn.providerRefused');
}

function Providers({ providers }: { readonly providers: readonly Provider[] }) {
  if (providers.length === 0) return null;
  return (
    <div class="stack providers">
      {providers.map(({ name, start_url: start }) => (
        <a class="button button-plain button-wide" key={name} href={start} onClick={keepDestination}>
          {t('signIn.with', { name })}
        </a>
      ))}
    </div>
  );
}

/** A link instead of a password: the answer is the same whether or not the address is known. */
function MailInstead({ email, way }: { readonly email: string; readonly way: 'magic-link' | 'password-reset' }) {
  const [sent, setSent] = useState(false);
  const form = useSubmission(way);
  const send = () =>
    form.submit(email.trim() === '' ? [{ field: 'email', text: t('signIn.emailFirst') }] : [], async () => {
      await anonymous.call({ method: 'POST', path: `/v1/auth/${way}`, body: { email: email.trim() } });
      setSent(true);
    });
  if (sent) return <p role="status">{t('signIn.mailSent', { email: email.trim() })}</p>;
  return (
    <>
      <ErrorSummary errors={form.errors} />
      <Button id={way} kind="quiet" busy={form.busy} onClick={() => void send()}>
        {way === 'magic-link' ? t('signIn.magic') : t('signIn.forgot')}
      </Button>
    </>
  );
}

function PasswordForm({ refusal, onSignedIn }: { readonly refusal: string; readonly onSignedIn: () => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const [providers, setProviders] = useState<readonly Provider[]>([]);
  const form = useSubmission('sign-in', (error) => {
    if (/^code_/.test(String(error.details.reason))) setNeedsCode(true);
    return explain(error);
  });
  useEffect(() => {
    anonymous.call<{ items: readonly Provider[] }>({ method: 'GET', path: '/v1/auth/oidc' }).then(
      ({ items }) => setProviders(items),
      () => {},
    ); // without them the page works as well
  }, []);

  async function signIn() {
    const problems = [
      ...(email.trim() === '' ? [{ field: 'email', text: t('signIn.emailMissing') }] : []),
      ...(password === '' ? [{ field: 'password', text: t('signIn.passwordMissing') }] : []),
    ];
    const more = code.trim() === '' ? {} : { code: code.trim() };
    const body = { email: email.trim(), password, ...more };
    if (await form.submit(problems, () => signInWith('/v1/auth/login', body))) onSignedIn();
  }

  return (
    <div class="stack">
      <Form
        form={form}
        onSubmit={signIn}
        head={
          <>
            <h1>{t('signIn.title')}</h1>
            {refusal !== '' && <p role="alert">{refusal}</p>}
          </>
        }
        act={t('signIn.submit')}
        wide
      >
        <EmailField id="email" value={email} onInput={setEmail} error={form.errorOf('email')} />
        <Field
          id="password"
          type="password"
          label={t('signIn.password')}
          value={password}
          onInput={setPassword}
          error={form.errorOf('password')}
          autocomplete="current-password"
          required
        />
        {needsCode && (
          <Field
            id="code"
            label={t('signIn.code')}
            hint={t('signIn.codeHint')}
            value={code}
            onInput={setCode}
            error={form.errorOf('code')}
            autocomplete="one-time-code"
            maxLength={40}
            required
          />
        )}
      </Form>
      <Providers providers={providers} />
      <div class="ways">
        <MailInstead email={email} way="magic-link" />
        <MailInstead email={email} way="password-reset" />
        <a class="button button-quiet" href={`/register${location.search}`} onClick={followLink}>
          {t('signIn.register')}
        </a>
      </div>
    </div>
  );
}

/** The way in: by a link from a mail if the address brought one, else by password or the other ways. */
export function SignIn() {
  const [arrival, setArrival] = useState<Arrival | undefined>(takeArrival);
  const [answer] = useState(takeProviderAnswer);
  const goOn = () => {
    const token = takeInvitation();
    if (token === undefined) leaveTo(destination());
    else setArrival({ kind: 'invite', token });
  };
  useEffect(() => {
    if (arrival !== undefined) return;
    (answer?.signedIn === true ? takeUpSession() : loadAccount()).then(
      () => account.value && goOn(),
      () => {}, // the form says it when it is sent
    );
  }, [arrival]);
  const refusal = answer === undefined || answer.signedIn ? '' : providerRefusal(answer.reason);
  if (arrival === undefined) return <PasswordForm refusal={refusal} onSignedIn={goOn} />;
  return <Links arrival={arrival} onDone={() => setArrival(undefined)} onSignedIn={goOn} />;
}
