import { useState } from 'preact/hooks';
import type { MemberView } from '../../../protocol/members.ts';
import { api } from '../../ui/account-session.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { ErrorSummary, Field } from '../../ui/field.tsx';
import { formatAmount } from '../../ui/i18n.ts';
import { useKept, useKeptScroll } from '../../ui/kept.ts';
import { usePaged, useSettled } from '../../ui/paged.ts';
import { followLink } from '../../ui/router.ts';
import { saveFile } from '../../ui/save-file.ts';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';
import { useGroups } from './groups.tsx';
import { Invitations } from './invitations.tsx';
import { MemberForm } from './member-form.tsx';
import { rolesInWords, statusName } from './words.ts';

type Filter = '' | MemberView['status'];

/** Every page of the export, one after the other, as one file. */
async function exportAll(): Promise<string> {
  const parts: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { cursor, ...(cursor === undefined ? { bom: 'true' } : {}) };
    let next: string | null = null;
    const lines = await api.call<string>({
      method: 'GET',
      path: '/v1/members.csv',
      query,
      onHeaders: (headers) => {
        next = headers.get('x-next-cursor');
      },
    });
    parts.push(cursor === undefined ? lines : lines.slice(lines.indexOf('\n') + 1)); // one heading is enough
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return parts.join('');
}

function Row({ member, onEdit }: { readonly member: MemberView; readonly onEdit: () => void }) {
  return (
    <tr>
      <td class="figures">{member.number}</td>
      <th scope="row">
        {member.name}
        <span class="soft small block">{member.email ?? t('members.noEmail')}</span>
      </th>
      <td>{rolesInWords(member.roles)}</td>
      <td>{statusName(member.status)}</td>
      <td class="figures">{formatAmount(member.weight)}</td>
      <td>
        <Button label={t('members.editOne', { name: member.name })} onClick={onEdit}>
          {t('members.edit')}
        </Button>
      </td>
    </tr>
  );
}

function Table({ members, onEdit }: { members: readonly MemberView[]; onEdit: (member: MemberView) => void }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the window is scrolled by keys too
    <section class="rounds-scroll" tabIndex={0} aria-label={t('members.title')}>
      <table class="table members-table">
        <thead>
          <tr>
            <th scope="col">{t('members.number')}</th>
            <th scope="col">{t('members.name')}</th>
            <th scope="col">{t('members.roles')}</th>
            <th scope="col">{t('members.status')}</th>
            <th scope="col">{t('members.weight')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <Row key={member.member_id} member={member} onEdit={() => onEdit(member)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The members of the organisation: found, changed, taken in from a file, invited. */
export function Members() {
  const [q, setQ] = useKept<string>('members.q', '');
  const [status, setStatus] = useKept<Filter>('members.status', '');
  const [editing, setEditing] = useState<MemberView | 'new'>();
  const [group, setGroup] = useKept<string>('members.group', '');
  const groups = useGroups().items ?? [];
  const settled = useSettled(q.trim());
  const list = usePaged<MemberView>('/v1/members', {
    limit: '100',
    q: settled === '' ? undefined : settled,
    status: status === '' ? undefined : status,
    group: group === '' ? undefined : group,
  });
  useKeptScroll(list.items !== undefined);
  const form = useSubmission('export-members');
  const done = async () => {
    setEditing(undefined);
    toast(t('members.saved'));
    await list.reload();
  };
  if (editing !== undefined) {
    return (
      <MemberForm
        member={editing === 'new' ? undefined : editing}
        onDone={() => void done()}
        onCancel={() => setEditing(undefined)}
      />
    );
  }
  return (
    <div class="stack console-wide">
      <h1>{t('members.title')}</h1>
      <div class="row">
        <Button kind="primary" icon="plus" onClick={() => setEditing('new')}>
          {t('members.new')}
        </Button>
        <a class="button button-plain" href="/moderate/members/import" onClick={followLink}>
          {t('members.import')}
        </a>
        <Button
          id="export-members"
          busy={form.busy}
          onClick={() => void form.submit([], async () => saveFile('members.csv', 'text/csv', await exportAll()))}
        >
          {t('members.export')}
        </Button>
      </div>
      <ErrorSummary errors={form.errors} />
      <div class="row fields-beside">
        <Field id="search" type="search" label={t('members.search')} value={q} onInput={setQ} maxLength={100} />
        <Select
          id="status"
          label={t('members.status')}
          value={status}
          options={[
            { value: '', text: t('members.all') },
            { value: 'active', text: t('status.active') },
            { value: 'invited', text: t('status.invited') },
            { value: 'inactive', text: t('status.inactive') },
          ]}
          onChange={setStatus}
        />
        {groups.length > 0 && (
          <Select
            id="group"
            label={t('members.group')}
            value={group}
            options={[
              { value: '', text: t('members.all') },
              ...groups.map(({ group_id: value, name }) => ({ value, text: name })),
            ]}
            onChange={setGroup}
          />
        )}
      </div>
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {list.items === undefined && list.problem === '' && <Skeleton lines={6} />}
      {list.items?.length === 0 && (
        <p class="soft">
          {settled === '' && status === '' && group === '' ? t('members.none') : t('members.notFound')}
        </p>
      )}
      {list.items !== undefined && list.items.length > 0 && <Table members={list.items} onEdit={setEditing} />}
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
      <Invitations />
    </div>
  );
}
