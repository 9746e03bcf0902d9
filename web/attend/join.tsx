import { useEffect, useState } from 'preact/hooks';
import type { PsephosError } from '../../client/index.ts';
import { keepSession, latestSession, plainCode, sessionByCode } from '../ui/attendee-session.ts';
import { Button } from '../ui/button.tsx';
import { httpWith } from '../ui/clients.ts';
import { Field, type FieldError } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { navigate } from '../ui/router.ts';
import { Shell } from '../ui/shell.tsx';
import { readStored, SIGNED_IN, writeStored } from '../ui/stored.ts';
import { useSubmission } from '../ui/submission.ts';
import { OwnBell } from './own-bell.tsx';
import { t } from './texts.ts';

/** Asked once a device. */
const STORED_NAME = 'psephos.name';

function storedName(): string {
  const name = readStored(STORED_NAME);
  return typeof name === 'string' ? name : '';
}

function problemsOf(code: string, name: string): FieldError[] {
  return [
    ...(code.trim() === '' ? [{ field: 'code', text: t('join.codeMissing') }] : []),
    ...(name.trim() === '' ? [{ field: 'name', text: t('join.nameMissing') }] : []),
  ];
}

function refusalOf({ code, details }: PsephosError): readonly FieldError[] {
  switch (code) {
    case 'NOT_FOUND_001':
      return [{ field: 'code', text: t('join.codeUnknown') }];
    case 'LOAD_002':
      return [{ field: 'code', text: t('join.tooMany') }];
    case 'AUTH_002':
      return [{ field: 'join', text: details.reason === 'removed' ? t('waiting.removed') : t('join.membersOnly') }];
    case 'CONFLICT_001':
      return [{ field: 'join', text: t('join.ended') }];
    case 'VALIDATION_001':
    case 'VALIDATION_002':
      return [{ field: 'name', text: t('join.nameWrong') }];
    default:
      return [{ field: 'join', text: t('join.failed') }];
  }
}

/**
 * Who joins: the member that is signed in on this device; else whoever has joined the same meeting before, so that a second
 * scan is no second person; else a guest.
 */
async function ownSecret(): Promise<string | undefined> {
  if (readStored(SIGNED_IN) === true) {
    const { accessToken } = await import('../ui/account-session.ts'); // most people have no account: not in the first load
    const token = await accessToken();
    if (token !== undefined) return token;
  }
  return latestSession()?.sessionToken;
}

/** The way into a meeting: a code and a name, or with a link or QR code the name alone. */
export function Join({ code: given }: { readonly code?: string }) {
  const [code, setCode] = useState(given ?? '');
  const [name, setName] = useState(storedName);
  const form = useSubmission('join', refusalOf);
  const before = given === undefined ? undefined : sessionByCode(given);
  const latest = latestSession();

  useEffect(() => {
    if (before !== undefined) navigate(`/meeting/${before.meetingId}`, { replace: true });
  }, [before]);

  const join = () =>
    form.submit(problemsOf(code, name), async () => {
      const joined = await httpWith(await ownSecret()).join(code, name.trim());
      writeStored(STORED_NAME, name.trim());
      keepSession({
        meetingId: joined.meeting.meeting_id,
        title: joined.meeting.title,
        attendeeId: joined.attendee_id,
        memberId: joined.member_id ?? null,
        name: joined.name ?? name.trim(),
        code: plainCode(code),
        waiting: joined.state === 'waiting',
        sessionToken: joined.session_token,
        expiresAt: joined.expires_at,
      });
      navigate(`/meeting/${joined.meeting.meeting_id}`, { replace: true });
    });

  return (
    <Shell acts={<OwnBell />}>
      <Form
        class="stack join"
        form={form}
        onSubmit={join}
        head={
          <>
            <h1>{t('join.title')}</h1>
            {given !== undefined && <p class="soft">{t('join.invited', { code: given })}</p>}
          </>
        }
        act={t('join.submit')}
        wide
        foot={
          given === undefined &&
          latest !== undefined && (
            <Button kind="quiet" onClick={() => navigate(`/meeting/${latest.meetingId}`)}>
              {t('join.back', { title: latest.title })}
            </Button>
          )
        }
      >
        {given === undefined && (
          <Field
            id="code"
            code
            label={t('join.code')}
            hint={t('join.codeHint')}
            value={code}
            onInput={setCode}
            error={form.errorOf('code')}
            autocomplete="off"
            spellcheck={false}
            maxLength={12}
            required
          />
        )}
        <Field
          id="name"
          label={t('join.name')}
          hint={t('join.nameHint')}
          value={name}
          onInput={setName}
          error={form.errorOf('name')}
          autocomplete="name"
          maxLength={100}
          required
        />
      </Form>
    </Shell>
  );
}
