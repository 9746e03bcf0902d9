import { useEffect, useRef, useState } from 'preact/hooks';
import type { PsephosError } from '../../client/index.ts';
import { account, anonymous, api, loadAccount, signInWith } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { ErrorSummary, Field, type FieldError } from '../ui/field.tsx';
import { useSubmission } from '../ui/submission.ts';
import { Skeleton } from '../ui/waiting.tsx';
import type { Arrival } from './arrival.ts';
import { keepInvitation } from './invitation.ts';
import { explainChosen, faultyFields } from './refusals.ts';
import { leaveTo } from './sign-in.tsx';
import { t } from './texts.ts';

interface LinkProps {
  readonly token: string;
  /** to the sign-in form */
  readonly onDone: () => void;
}

/** Why a link does not work (any more), and what now. */
function explainLink(error: PsephosError): readonly FieldError[] | undefined {
  if (faultyFields(error).includes('token')) return [{ field: 'link', text: t('link.unknown') }];
  const texts: Readonly<Record<string, string>> = {
    used: t('link.used'),
    expired: t('link.expired'),
    unknown: t('link.unknown'),
    revoked: t('link.revoked'),
    taken: t('link.taken'),
    member_already: t('link.member'),
    linked: t('link.used'),
    code_missing: t('signIn.codeNeeded'),
    code_wrong: t('signIn.codeWrong'),
  };
  const text = texts[String(error.details.reason)];
  return text === undefined ? undefined : [{ field: 'link', text }];
}

/** One act per page, done with a click: mail scanners open links, and must not use them up. */
function OneAct(props: LinkProps & { title: string; text: string; act: string; work: () => Promise<void> }) {
  const { title, text, act, work, onDone } = props;
  const form = useSubmission('link', explainLink);
  return (
    <div class="stack">
      <h1>{title}</h1>
      <p>{text}</p>
      <ErrorSummary errors={form.errors} />
      <Button id="link" kind="primary" wide busy={form.busy} onClick={() => void form.submit([], work)}>
        {act}
      </Button>
      {form.errors.length > 0 && (
        <Button kind="quiet" onClick={onDone}>
          {t('link.toSignIn')}
        </Button>
      )}
    </div>
  );
}

function Magic({ token, onDone, onSignedIn }: LinkProps & { readonly onSignedIn: () => void }) {
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const form = useSubmission('link', (error) => {
    if (/^code_/.test(String(error.details.reason))) setNeedsCode(true);
    return explainLink(error);
  });
  const signIn = async () => {
    const body = { token, ...(code.trim() === '' ? {} : { code: code.trim() }) };
    if (await form.submit([], () => signInWith('/v1/auth/magic-link/redeem', body))) onSignedIn();
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void signIn();
      }}
    >
      <h1>{t('link.magicTitle')}</h1>
      <ErrorSummary errors={form.errors} />
      {needsCode && (
        <Field
          id="code"
          label={t('signIn.code')}
          hint={t('signIn.codeHint')}
          value={code}
          onInput={setCode}
          autocomplete="one-time-code"
          maxLength={40}
        />
      )}
      <Button id="link" kind="primary" type="submit" wide busy={form.busy}>
        {t('signIn.submit')}
      </Button>
      {form.errors.length > 0 && (
        <Button kind="quiet" onClick={onDone}>
          {t('link.toSignIn')}
        </Button>
      )}
    </form>
  );
}

function Verify({ token, onDone }: LinkProps) {
  const [done, setDone] = useState(false);
  if (done) {
    return (
      <div class="stack">
        <h1>{t('link.verifiedTitle')}</h1>
        <p role="status">{t('link.verified')}</p>
        <Button kind="primary" wide onClick={onDone}>
          {t('link.toSignIn')}
        </Button>
      </div>
    );
  }
  return (
    <OneAct
      token={token}
      onDone={onDone}
      title={t('link.verifyTitle')}
      text={t('link.verifyText')}
      act={t('link.verify')}
      work={async () => {
        await anonymous.call({ method: 'POST', path: '/v1/auth/verify-email', body: { token } });
        setDone(true);
      }}
    />
  );
}

function Reset({ token, onDone }: LinkProps) {
  const [password, setPassword] = useState('');
  const [done, setDone] = useState(false);
  const form = useSubmission('link', (error) => explainLink(error) ?? explainChosen(error));
  const problems = password.length < 8 ? [{ field: 'password', text: t('register.passwordShort') }] : [];
  const reset = () =>
    form.submit(problems, async () => {
      await anonymous.call({ method: 'POST', path: '/v1/auth/password-reset/redeem', body: { token, password } });
      setDone(true);
    });
  if (done) {
    return (
      <div class="stack">
        <h1>{t('link.resetDoneTitle')}</h1>
        <p role="status">{t('link.resetDone')}</p>
        <Button kind="primary" wide onClick={onDone}>
          {t('link.toSignIn')}
        </Button>
      </div>
    );
  }
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void reset();
      }}
    >
      <h1>{t('link.resetTitle')}</h1>
      <ErrorSummary errors={form.errors} />
      <Field
        id="password"
        type="password"
        label={t('link.newPassword')}
        hint={t('register.passwordHint')}
        value={password}
        onInput={setPassword}
        error={form.errorOf('password')}
        autocomplete="new-password"
        maxLength={256}
        required
      />
      <Button id="link" kind="primary" type="submit" wide busy={form.busy}>
        {t('link.reset')}
      </Button>
    </form>
  );
}

/** Whoever is signed in takes the invitation up; others sign in or register first, and it waits for them. */
function Invite({ token, onDone }: LinkProps) {
  const known = account.value;
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    loadAccount().catch(() => {});
  }, []);
  useEffect(() => {
    if (known !== null) return;
    keepInvitation(token);
    onDone();
  }, [known, token, onDone]);
  if (!known) return <Skeleton />;
  return (
    <OneAct
      token={token}
      onDone={onDone}
      title={t('link.inviteTitle')}
      text={t('link.inviteText', { email: known.email })}
      act={t('link.invite')}
      work={async () => {
        await api.call({ method: 'POST', path: '/v1/invitations/redeem', body: { token } });
        await loadAccount();
        leaveTo('/organisation');
      }}
    />
  );
}

/** What a link from a mail leads to. */
export function Links(props: {
  readonly arrival: Arrival;
  readonly onDone: () => void;
  readonly onSignedIn: () => void;
}) {
  const { arrival, onDone, onSignedIn } = props;
  const { kind, token } = arrival;
  if (kind === 'magic') return <Magic token={token} onDone={onDone} onSignedIn={onSignedIn} />;
  if (kind === 'reset') return <Reset token={token} onDone={onDone} />;
  if (kind === 'invite') return <Invite token={token} onDone={onDone} />;
  return <Verify token={token} onDone={onDone} />;
}
