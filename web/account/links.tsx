import { useEffect, useRef, useState } from 'preact/hooks';
import type { PsephosError } from '../../client/index.ts';
import { account, anonymous, api, loadAccount, signInWith } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { ErrorSummary, Field, type FieldError } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { type Submission, useSubmission } from '../ui/submission.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { type Arrival, leaveTo } from './arrival.ts';
import { NewPasswordField } from './fields.tsx';
import { keepInvitation } from './invitation.ts';
import { explainChosen, faultyFields } from './refusals.ts';
import { t } from './texts.ts';

interface LinkProps {
  readonly token: string;
  /** to the sign-in form */
  readonly onDone: () => void;
}

/** What no second try can change. */
const DEAD = ['used', 'expired', 'unknown', 'revoked', 'linked', 'member_already', 'taken'];

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

/** Whether a link is of no use any more: then its page has one thing left to do, and it is another. */
function useLinkForm(explain: (error: PsephosError) => readonly FieldError[] | undefined = explainLink) {
  const [dead, setDead] = useState(false);
  const form = useSubmission('link', (error) => {
    setDead(faultyFields(error).includes('token') || DEAD.includes(String(error.details.reason)));
    return explain(error);
  });
  return { form, dead };
}

function DeadLink(props: { readonly title: string; readonly form: Submission; readonly onDone: () => void }) {
  const { title, form, onDone } = props;
  return (
    <div class="stack">
      <h1>{title}</h1>
      <ErrorSummary errors={form.errors} />
      <Button id="link" kind="primary" wide onClick={onDone}>
        {t('link.toSignIn')}
      </Button>
    </div>
  );
}

/** One act per page, done with a click: mail scanners open links, and must not use them up. */
function OneAct(props: LinkProps & { title: string; text: string; act: string; work: () => Promise<void> }) {
  const { title, text, act, work, onDone } = props;
  const { form, dead } = useLinkForm();
  if (dead) return <DeadLink title={title} form={form} onDone={onDone} />;
  return (
    <div class="stack">
      <h1>{title}</h1>
      <p>{text}</p>
      <ErrorSummary errors={form.errors} />
      <Button id="link" kind="primary" wide busy={form.busy} onClick={() => void form.submit([], work)}>
        {act}
      </Button>
    </div>
  );
}

function Magic({ token, onDone, onSignedIn }: LinkProps & { readonly onSignedIn: () => void }) {
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const { form, dead } = useLinkForm((error) => {
    if (/^code_/.test(String(error.details.reason))) setNeedsCode(true);
    return explainLink(error);
  });
  const signIn = async () => {
    const body = { token, ...(code.trim() === '' ? {} : { code: code.trim() }) };
    if (await form.submit([], () => signInWith('/v1/auth/magic-link/redeem', body))) onSignedIn();
  };
  if (dead) return <DeadLink title={t('link.magicTitle')} form={form} onDone={onDone} />;
  return (
    <Form form={form} onSubmit={signIn} head={<h1>{t('link.magicTitle')}</h1>} act={t('signIn.submit')} wide>
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
    </Form>
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
  const { form, dead } = useLinkForm((error) => explainLink(error) ?? explainChosen(error));
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
  if (dead) return <DeadLink title={t('link.resetTitle')} form={form} onDone={onDone} />;
  return (
    <Form form={form} onSubmit={reset} head={<h1>{t('link.resetTitle')}</h1>} act={t('link.reset')} wide>
      <NewPasswordField
        id="password"
        value={password}
        onInput={setPassword}
        error={form.errorOf('password')}
        label={t('link.newPassword')}
      />
    </Form>
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
