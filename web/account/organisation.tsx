import { useEffect, useState } from 'preact/hooks';
import type { AccountView } from '../../protocol/accounts.ts';
import type { OrganisationView } from '../../protocol/organisations.ts';
import { account, api, chooseOrganisation, loadAccount, membership } from '../ui/account-session.ts';
import { toast } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { locale } from '../ui/i18n.ts';
import { refusalText } from '../ui/refusal-words.ts';
import { useSubmission } from '../ui/submission.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { roleNames } from './role-names.ts';
import { Section } from './section.tsx';
import { t } from './texts.ts';
import { Usage } from './usage.tsx';

const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

function Memberships() {
  const { memberships } = account.value as AccountView;
  const current = membership.value?.org_id;
  if (memberships.length < 2) return null;
  return (
    <Section title={t('organisation.choose')}>
      <ul class="plain-list">
        {memberships.map(({ org_id: id, name, roles }) => (
          <li key={id} class="list-row">
            <span>
              <strong>{name}</strong>
              <span class="soft small block">{roleNames(roles)}</span>
            </span>
            {id === current ? (
              <span class="soft">{t('organisation.current')}</span>
            ) : (
              <Button label={t('organisation.switchTo', { name })} onClick={() => chooseOrganisation(id)}>
                {t('organisation.switch')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Whoever makes an organisation is its first administrator. */
function NewOrganisation() {
  const [name, setName] = useState('');
  const form = useSubmission('new-organisation', undefined, { name: 'organisation-name' });
  const problems = name.trim() === '' ? [{ field: 'organisation-name', text: t('organisation.nameMissing') }] : [];
  const create = () =>
    form.submit(problems, async () => {
      const body = { name: name.trim(), locale: locale.value, time_zone: TIME_ZONE };
      const made = await api.call<OrganisationView>({ method: 'POST', path: '/v1/organisations', body, creates: true });
      setName('');
      await loadAccount();
      chooseOrganisation(made.org_id);
      toast(t('organisation.made', { name: made.name }));
    });
  return (
    <Section title={t('organisation.new')}>
      <p>{t('organisation.newText')}</p>
      <Form form={form} onSubmit={create} act={t('organisation.create')} kind="plain">
        <Field
          id="organisation-name"
          label={t('organisation.name')}
          value={name}
          onInput={setName}
          error={form.errorOf('organisation-name')}
          autocomplete="organization"
          maxLength={200}
        />
      </Form>
    </Section>
  );
}

function Settings({ organisation }: { readonly organisation: OrganisationView }) {
  const [name, setName] = useState(organisation.name);
  const [zone, setZone] = useState(organisation.time_zone);
  const form = useSubmission('save-organisation', (error) =>
    JSON.stringify(error.details.fields ?? '').includes('time_zone')
      ? [{ field: 'time_zone', text: t('organisation.zoneUnknown') }]
      : undefined,
  );
  const problems = name.trim() === '' ? [{ field: 'name', text: t('organisation.nameMissing') }] : [];
  const save = () =>
    form.submit(problems, async () => {
      const body = { name: name.trim(), time_zone: zone.trim() };
      await api.call({ method: 'PATCH', path: '/v1/organisation', body });
      await loadAccount();
      toast(t('account.saved'));
    });
  return (
    <Section title={t('organisation.settings')}>
      <Form form={form} onSubmit={save} act={t('account.save')}>
        <Field
          id="name"
          label={t('organisation.name')}
          value={name}
          onInput={setName}
          error={form.errorOf('name')}
          maxLength={200}
        />
        <Field
          id="time_zone"
          label={t('organisation.zone')}
          hint={t('organisation.zoneHint')}
          value={zone}
          onInput={setZone}
          error={form.errorOf('time_zone')}
          maxLength={64}
        />
      </Form>
    </Section>
  );
}

/** The organisation that the person acts in: its settings and use for those who run it, and the way to others. */
export function OrganisationPage() {
  const current = membership.value;
  const [organisation, setOrganisation] = useState<OrganisationView>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    setOrganisation(undefined);
    if (current === undefined) return;
    api.call<OrganisationView>({ method: 'GET', path: '/v1/organisation' }).then(setOrganisation, (error: unknown) => {
      setProblem(refusalText(error));
    });
  }, [current?.org_id]);
  const isAdmin = current?.roles.includes('admin') === true;
  const maySeeUsage = isAdmin || current?.roles.includes('auditor') === true;
  return (
    <div class="stack sections">
      <h1>{current?.name ?? t('organisation.title')}</h1>
      {problem !== '' && <p role="alert">{problem}</p>}
      {current === undefined && <p>{t('organisation.none')}</p>}
      {current !== undefined && organisation === undefined && problem === '' && <Skeleton />}
      {isAdmin && organisation !== undefined && <Settings organisation={organisation} key={organisation.org_id} />}
      {maySeeUsage && organisation !== undefined && <Usage key={`usage ${organisation.org_id}`} />}
      <Memberships />
      <NewOrganisation />
    </div>
  );
}
