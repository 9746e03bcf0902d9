import { useState } from 'preact/hooks';
import type { PsephosError } from '../../../client/index.ts';
import type { MemberView } from '../../../protocol/members.ts';
import { api } from '../../ui/account-session.ts';
import { Button } from '../../ui/button.tsx';
import { Ticks } from '../../ui/choices.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary, Field, type FieldError } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { useGroups } from './groups.tsx';
import { type MemberRole, roleName } from './words.ts';

/** What the gateway says of a member, at the field it is about. */
function explain(error: PsephosError): readonly FieldError[] | undefined {
  const fields = Array.isArray(error.details.fields) ? (error.details.fields as readonly { path: string }[]) : [];
  const named = fields.map(({ path }) => path);
  const reason = String(error.details.reason);
  if (reason === 'last_admin') return [{ field: 'roles', text: t('members.lastAdmin') }];
  const taken = reason.endsWith('_taken');
  const found = [
    ...(named.includes('email')
      ? [{ field: 'email', text: taken ? t('members.emailTaken') : t('members.emailWrong') }]
      : []),
    ...(named.includes('number')
      ? [{ field: 'number', text: taken ? t('members.numberTaken') : t('members.numberWrong') }]
      : []),
    ...(named.includes('weight') ? [{ field: 'weight', text: t('members.weightWrong') }] : []),
  ];
  return found.length === 0 ? undefined : found;
}

const ROLES: readonly MemberRole[] = ['admin', 'moderator', 'auditor', 'sponsor', 'member'];

function Roles(props: {
  readonly chosen: readonly MemberRole[];
  readonly onChange: (roles: readonly MemberRole[]) => void;
  readonly error: string | undefined;
}) {
  const options = ROLES.map((value) => ({ value, text: roleName(value) }));
  return <Ticks id="roles" legend={t('members.roles')} layout="beside" options={options} {...props} />;
}

/** The groups that a member is in; nothing where the organisation has none. */
function Groups({ chosen, onChange }: { chosen: readonly string[]; onChange: (groups: readonly string[]) => void }) {
  const { items } = useGroups();
  if (items === undefined || items.length === 0) return null;
  const options = items.map(({ group_id: value, name: text }) => ({ value, text }));
  return (
    <Ticks
      id="groups"
      legend={t('members.groups')}
      layout="beside"
      chosen={chosen}
      options={options}
      onChange={onChange}
    />
  );
}

/** Ends or renews the rights of a member; both can be taken back. */
function StatusActs({ member, onDone }: { readonly member: MemberView; readonly onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const form = useSubmission('member-status', explain);
  const inactive = member.status === 'inactive';
  const act = async (how: 'deactivate' | 'reactivate') => {
    const path = `/v1/members/${member.member_id}/${how}`;
    if (await form.submit([], () => api.call({ method: 'POST', path }))) onDone();
    else setAsking(false);
  };
  return (
    <>
      <ErrorSummary errors={form.errors} />
      <Button
        id="member-status"
        kind={inactive ? 'plain' : 'quiet'}
        busy={form.busy}
        onClick={() => (inactive ? void act('reactivate') : setAsking(true))}
      >
        {inactive ? t('members.reactivate') : t('members.deactivate')}
      </Button>
      <ConfirmDialog
        open={asking}
        title={t('members.deactivateSure', { name: member.name })}
        confirm={t('members.deactivate')}
        signal
        busy={form.busy}
        onClose={() => setAsking(false)}
        onConfirm={() => void act('deactivate')}
      >
        <p>{t('members.deactivateText')}</p>
      </ConfirmDialog>
    </>
  );
}

/** A member as it is typed. */
interface Typed {
  readonly number: string;
  readonly name: string;
  readonly email: string;
  readonly weight: string;
  readonly roles: readonly MemberRole[];
  readonly groups: readonly string[];
  readonly note: string;
}

const NOBODY: Typed = { number: '', name: '', email: '', weight: '1', roles: ['member'], groups: [], note: '' };

function typedOf(member: MemberView): Typed {
  return { ...member, email: member.email ?? '', groups: member.groups.map(({ group_id: id }) => id) };
}

function problemsOf({ name, roles, weight }: Typed) {
  return [
    ...(name.trim() === '' ? [{ field: 'name', text: t('members.nameMissing') }] : []),
    ...(roles.length === 0 ? [{ field: 'roles', text: t('members.roleMissing') }] : []),
    ...(!(Number(weight) > 0) ? [{ field: 'weight', text: t('members.weightWrong') }] : []),
  ];
}

function bodyOf({ number, name, email, weight, roles, groups, note }: Typed, isNew: boolean): object {
  const mail = email.trim();
  return {
    ...(number.trim() === '' ? {} : { number: number.trim() }),
    name: name.trim(),
    ...(mail === '' ? (isNew ? {} : { email: null }) : { email: mail }),
    weight: weight.trim(),
    roles,
    groups,
    note,
  };
}

/** A member as a form: a new one, or one that is there. */
export function MemberForm(props: {
  readonly member: MemberView | undefined;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}) {
  const { member, onDone, onCancel } = props;
  const [typed, setTyped] = useState<Typed>(() => (member === undefined ? NOBODY : typedOf(member)));
  const form = useSubmission('save-member', explain);
  const change = (more: Partial<Typed>) => setTyped((before) => ({ ...before, ...more }));
  const save = async () => {
    const body = bodyOf(typed, member === undefined);
    const work = () =>
      member === undefined
        ? api.call({ method: 'POST', path: '/v1/members', body, creates: true })
        : api.call({ method: 'PATCH', path: `/v1/members/${member.member_id}`, body });
    if (await form.submit(problemsOf(typed), work)) onDone();
  };
  return (
    <Form
      class="stack console-page"
      form={form}
      onSubmit={save}
      head={<h1>{member === undefined ? t('members.new') : member.name}</h1>}
      act={t('members.save')}
      beside={
        <>
          <Button onClick={onCancel}>{t('form.cancel')}</Button>
          {member !== undefined && <StatusActs member={member} onDone={onDone} />}
        </>
      }
    >
      <Field
        id="name"
        label={t('members.name')}
        value={typed.name}
        onInput={(name) => change({ name })}
        error={form.errorOf('name')}
        maxLength={200}
        required
      />
      <Field
        id="email"
        type="email"
        inputMode="email"
        label={t('members.email')}
        value={typed.email}
        onInput={(email) => change({ email })}
        error={form.errorOf('email')}
        maxLength={254}
      />
      <Field
        id="number"
        label={t('members.number')}
        hint={t('members.numberHint')}
        value={typed.number}
        onInput={(number) => change({ number })}
        error={form.errorOf('number')}
        maxLength={64}
      />
      <Field
        id="weight"
        label={t('members.weight')}
        hint={t('members.weightHint')}
        inputMode="decimal"
        value={typed.weight}
        onInput={(weight) => change({ weight })}
        error={form.errorOf('weight')}
        maxLength={20}
      />
      <Roles chosen={typed.roles} onChange={(roles) => change({ roles })} error={form.errorOf('roles')} />
      <Groups chosen={typed.groups} onChange={(groups) => change({ groups })} />
      <Field
        id="note"
        label={t('members.note')}
        value={typed.note}
        onInput={(note) => change({ note })}
        lines={2}
        maxLength={1_000}
      />
    </Form>
  );
}
