import { useState } from 'preact/hooks';
import type { AccountView } from '../../protocol/accounts.ts';
import { account, api, loadAccount } from '../ui/account-session.ts';
import { toast } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorSummary, Field } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { qrPath } from '../ui/qr.ts';
import { QrCode } from '../ui/qr-code.tsx';
import { useSubmission } from '../ui/submission.ts';
import { PresentPasswordField } from './fields.tsx';
import { explainConfirmation, faultyFields } from './refusals.ts';
import { Section } from './section.tsx';
import { t } from './texts.ts';

interface Offer {
  readonly secret: string;
  readonly uri: string;
}
interface Codes {
  readonly recovery_codes: readonly string[];
}

function RecoveryCodes({ codes }: { readonly codes: readonly string[] }) {
  return (
    <div class="stack" role="status">
      <p>{t('totp.keepCodes')}</p>
      <ul class="codes figures">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The picture to scan, the secret to type instead, and the code that proves that one of them was. */
function Confirm({ offer, onDone }: { readonly offer: Offer; readonly onDone: (codes: readonly string[]) => void }) {
  const [code, setCode] = useState('');
  const form = useSubmission('confirm-totp', () => [{ field: 'totp-code', text: t('signIn.codeWrong') }]);
  const confirm = () =>
    form.submit([], async () => {
      const body = { code: code.trim() };
      const answer = await api.call<Codes>({ method: 'POST', path: '/v1/auth/totp/confirm', body });
      await loadAccount();
      onDone(answer.recovery_codes);
    });
  return (
    <Form
      form={form}
      onSubmit={confirm}
      head={
        <>
          <p>{t('totp.scan')}</p>
          <QrCode path={qrPath(offer.uri)} label={t('totp.qrLabel')} />
          <p class="small">
            {t('totp.type')} <code class="secret">{offer.secret}</code>
          </p>
        </>
      }
      act={t('totp.confirm')}
    >
      <Field
        id="totp-code"
        label={t('signIn.code')}
        value={code}
        onInput={setCode}
        error={form.errorOf('totp-code')}
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={10}
      />
    </Form>
  );
}

/** Turned on: new recovery codes, or an end to it. Both ask for a code, so that a session left open is not enough. */
function TurnedOn({ onCodes }: { readonly onCodes: (codes: readonly string[]) => void }) {
  const [code, setCode] = useState('');
  const form = useSubmission('totp-code', (error) =>
    faultyFields(error).includes('code') ? [{ field: 'totp-code', text: t('signIn.codeWrong') }] : undefined,
  );
  const problems = code.trim() === '' ? [{ field: 'totp-code', text: t('totp.codeMissing') }] : [];
  const body = { code: code.trim() };
  const disable = () =>
    form.submit(problems, async () => {
      await api.call({ method: 'POST', path: '/v1/auth/totp/disable', body });
      onCodes([]);
      await loadAccount();
      toast(t('totp.off'));
    });
  const renew = () =>
    form.submit(problems, async () => {
      const answer = await api.call<Codes>({ method: 'POST', path: '/v1/auth/totp/recovery-codes', body });
      setCode('');
      onCodes(answer.recovery_codes);
      await loadAccount();
    });
  return (
    <>
      <ErrorSummary errors={form.errors} />
      <Field
        id="totp-code"
        label={t('totp.code')}
        value={code}
        onInput={setCode}
        error={form.errorOf('totp-code')}
        autocomplete="one-time-code"
        maxLength={40}
      />
      <div class="row">
        <Button busy={form.busy} onClick={() => void renew()}>
          {t('totp.newCodes')}
        </Button>
        <Button kind="quiet" busy={form.busy} onClick={() => void disable()}>
          {t('totp.disable')}
        </Button>
      </div>
    </>
  );
}

/** Turned off: the way to set it up, which asks for the password. */
function TurnedOff({ onOffer }: { readonly onOffer: (offer: Offer) => void }) {
  const { has_password: hasPassword } = account.value as AccountView;
  const [password, setPassword] = useState('');
  const form = useSubmission('totp', explainConfirmation(hasPassword ? 'totp-password' : 'totp', hasPassword));
  const begin = () =>
    form.submit([], async () => {
      const body = password === '' ? {} : { password };
      onOffer(await api.call<Offer>({ method: 'POST', path: '/v1/auth/totp', body }));
    });
  return (
    <>
      <ErrorSummary errors={form.errors} />
      {hasPassword && (
        <PresentPasswordField
          id="totp-password"
          value={password}
          onInput={setPassword}
          error={form.errorOf('totp-password')}
        />
      )}
      <div class="row">
        <Button id="totp" busy={form.busy} onClick={() => void begin()}>
          {t('totp.begin')}
        </Button>
      </div>
    </>
  );
}

/** Signing in with a code besides the password. */
export function SecondFactor() {
  const { totp, recovery_codes_left: left } = account.value as AccountView;
  const [offer, setOffer] = useState<Offer>();
  const [codes, setCodes] = useState<readonly string[]>([]);
  const confirmed = (made: readonly string[]) => {
    setCodes(made);
    setOffer(undefined);
  };
  return (
    <Section title={t('totp.title')}>
      {codes.length > 0 && <RecoveryCodes codes={codes} />}
      {offer !== undefined && !totp ? (
        <Confirm offer={offer} onDone={confirmed} />
      ) : (
        <>
          <p>{totp ? t('totp.isOn', { count: left }) : t('totp.isOff')}</p>
          {totp ? <TurnedOn onCodes={setCodes} /> : <TurnedOff onOffer={setOffer} />}
        </>
      )}
    </Section>
  );
}
