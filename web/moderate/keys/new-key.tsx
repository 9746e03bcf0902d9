import { useState } from 'preact/hooks';
import type { ApiKeyView } from '../../../protocol/api-keys.ts';
import { type Scope, scopesOf } from '../../../protocol/scopes.ts';
import { api } from '../../ui/account-session.ts';
import { Choices, Select, Ticks } from '../../ui/choices.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { momentOf } from '../run/moments.ts';
import { t } from '../texts.ts';
import { scopeName } from './scopes.ts';

/** The answer to a new key and to a new secret: the only one in which the secrets stand. */
export interface Secrets {
  readonly key: ApiKeyView;
  readonly secret: string;
  readonly signing_secret: string;
}

export function SecretsShown({ made }: { readonly made: Secrets }) {
  return (
    <div class="card stack" role="status">
      <p>{t('keys.keep', { name: made.key.name })}</p>
      <dl class="secrets">
        <dt>{t('keys.secret')}</dt>
        <dd>
          <code>{made.secret}</code>
        </dd>
        <dt>{t('keys.signingSecret')}</dt>
        <dd>
          <code>{made.signing_secret}</code>
        </dd>
      </dl>
    </div>
  );
}

type KeyRole = 'moderator' | 'auditor' | 'member' | 'admin';

interface Typed {
  readonly name: string;
  readonly role: KeyRole;
  readonly reach: 'all' | 'some';
  readonly scopes: readonly Scope[];
  /** as the browser's field for dates has it; '' for a key without an end */
  readonly expires: string;
}

const NOTHING: Typed = { name: '', role: 'moderator', reach: 'all', scopes: [], expires: '' };

function problemsOf({ name, reach, expires }: Typed, scopes: readonly Scope[]) {
  const end = momentOf(expires);
  return [
    ...(name.trim() === '' ? [{ field: 'key-name', text: t('keys.nameMissing') }] : []),
    ...(reach === 'some' && scopes.length === 0 ? [{ field: 'key-scopes', text: t('keys.scopesMissing') }] : []),
    ...(end !== null && Date.parse(end) <= Date.now() ? [{ field: 'key-expires', text: t('keys.expiresPast') }] : []),
  ];
}

const FIELDS = { name: 'key-name', roles: 'key-role', scopes: 'key-scopes', expires_at: 'key-expires' };

/** A key: what it is for, what its role allows or only some of it, and when it ends. */
export function NewKey({ onMade }: { readonly onMade: (made: Secrets) => void }) {
  const [typed, setTyped] = useState<Typed>(NOTHING);
  const change = (more: Partial<Typed>) => setTyped((before) => ({ ...before, ...more }));
  const form = useSubmission('new-key', undefined, FIELDS);
  const offered = scopesOf(typed.role);
  const scopes = offered.filter((scope) => typed.scopes.includes(scope)); // a scope chosen for another role is none of it
  const create = () =>
    form.submit(problemsOf(typed, scopes), async () => {
      const expires = momentOf(typed.expires);
      const body = {
        name: typed.name.trim(),
        roles: [typed.role],
        ...(typed.reach === 'some' ? { scopes } : {}),
        ...(expires === null ? {} : { expires_at: expires }),
      };
      onMade(await api.call<Secrets>({ method: 'POST', path: '/v1/api-keys', body }));
      setTyped(NOTHING);
    });
  return (
    <Form class="card stack" form={form} onSubmit={create} head={<h2>{t('keys.new')}</h2>} act={t('keys.create')}>
      <Field
        id="key-name"
        label={t('keys.name')}
        hint={t('keys.nameHint')}
        value={typed.name}
        onInput={(name) => change({ name })}
        error={form.errorOf('key-name')}
        maxLength={200}
      />
      <Select
        id="key-role"
        label={t('keys.role')}
        value={typed.role}
        options={[
          { value: 'moderator', text: t('role.moderator') },
          { value: 'auditor', text: t('role.auditor') },
          { value: 'member', text: t('role.member') },
          { value: 'admin', text: t('role.admin') },
        ]}
        onChange={(role) => change({ role })}
      />
      <Choices
        name="key-reach"
        legend={t('keys.reach')}
        value={typed.reach}
        options={[
          { value: 'all', text: t('keys.reachAll') },
          { value: 'some', text: t('keys.reachSome'), hint: t('keys.reachHint') },
        ]}
        onChange={(reach) => change({ reach })}
      />
      {typed.reach === 'some' && (
        <Ticks
          id="key-scopes"
          legend={t('keys.scopes')}
          layout="columns"
          chosen={scopes}
          options={offered.map((value) => ({ value, text: scopeName(value) }))}
          onChange={(chosen) => change({ scopes: chosen })}
          error={form.errorOf('key-scopes')}
        />
      )}
      <Field
        id="key-expires"
        type="datetime-local"
        label={t('keys.expiresAt')}
        hint={t('keys.expiresHint')}
        value={typed.expires}
        onInput={(expires) => change({ expires })}
        error={form.errorOf('key-expires')}
      />
    </Form>
  );
}
