import { useState } from 'preact/hooks';
import type { PsephosError } from '../../../client/index.ts';
import type { GroupView } from '../../../protocol/groups.ts';
import { api } from '../../ui/account-session.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary, Field, type FieldError } from '../../ui/field.tsx';
import { Form, SubmitButton } from '../../ui/form.tsx';
import { type Paged, usePaged } from '../../ui/paged.ts';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';

/** Every group: an organisation has few. */
export function useGroups(): Paged<GroupView> {
  return usePaged<GroupView>('/v1/groups', { limit: '200' });
}

/** A name that is taken, at its field. */
const explainAt =
  (field: string) =>
  (error: PsephosError): readonly FieldError[] | undefined =>
    error.details.reason === 'name_taken' ? [{ field, text: t('groups.taken') }] : undefined;

function NewGroup({ onMade }: { readonly onMade: () => Promise<void> }) {
  const [name, setName] = useState('');
  const form = useSubmission('new-group', explainAt('group-name'), { name: 'group-name' });
  const problems = name.trim() === '' ? [{ field: 'group-name', text: t('groups.nameMissing') }] : [];
  const create = () =>
    form.submit(problems, async () => {
      await api.call({ method: 'POST', path: '/v1/groups', body: { name: name.trim() }, creates: true });
      setName('');
      toast(t('members.saved'));
      await onMade();
    });
  return (
    <Form class="card stack" form={form} onSubmit={create} head={<h2>{t('groups.new')}</h2>} act={t('groups.create')}>
      <Field
        id="group-name"
        label={t('groups.name')}
        value={name}
        onInput={setName}
        error={form.errorOf('group-name')}
        maxLength={100}
      />
    </Form>
  );
}

function Rename({ group, onDone }: { readonly group: GroupView; readonly onDone: () => Promise<void> }) {
  const id = `rename-${group.group_id}`;
  const [name, setName] = useState(group.name);
  const form = useSubmission(`${id}-save`, explainAt(id), { name: id });
  const problems = name.trim() === '' ? [{ field: id, text: t('groups.nameMissing') }] : [];
  const save = () =>
    form.submit(problems, async () => {
      await api.call({ method: 'PATCH', path: `/v1/groups/${group.group_id}`, body: { name: name.trim() } });
      await onDone();
    });
  return (
    <Form class="stack group-rename" form={form} onSubmit={save}>
      <div class="row fields-beside">
        <Field
          id={id}
          label={t('groups.newName', { name: group.name })}
          value={name}
          onInput={setName}
          error={form.errorOf(id)}
          maxLength={100}
        />
        <SubmitButton form={form} kind="plain">
          {t('members.save')}
        </SubmitButton>{' '}
      </div>
    </Form>
  );
}

function Group({ group, onChanged }: { readonly group: GroupView; readonly onChanged: () => Promise<void> }) {
  const [mode, setMode] = useState<'renaming' | 'deleting'>();
  const form = useSubmission(`group-${group.group_id}`, (error) =>
    error.details.reason === 'in_use' ? [{ field: `group-${group.group_id}`, text: t('groups.inUse') }] : undefined,
  );
  const { name } = group;
  const remove = async () => {
    const path = `/v1/groups/${group.group_id}`;
    const done = await form.submit([], () => api.call({ method: 'DELETE', path }));
    setMode(undefined);
    if (done) await onChanged();
  };
  return (
    <li class="list-row" id={`group-${group.group_id}`} tabIndex={-1}>
      <span>
        <strong>{name}</strong>
        <span class="soft small block">{t('groups.count', { count: group.members })}</span>
      </span>
      <span class="row">
        <Button label={t('groups.renameOne', { name })} onClick={() => setMode(mode ? undefined : 'renaming')}>
          {t('groups.rename')}
        </Button>
        <Button kind="quiet" label={t('groups.deleteOne', { name })} onClick={() => setMode('deleting')}>
          {t('groups.delete')}
        </Button>
      </span>
      <ErrorSummary errors={form.errors} />
      {mode === 'renaming' && (
        <Rename
          group={group}
          onDone={async () => {
            setMode(undefined);
            await onChanged();
          }}
        />
      )}
      <ConfirmDialog
        open={mode === 'deleting'}
        title={t('groups.deleteSure', { name })}
        confirm={t('groups.delete')}
        signal
        busy={form.busy}
        onClose={() => setMode(undefined)}
        onConfirm={() => void remove()}
      >
        <p>{t('groups.deleteText')}</p>
      </ConfirmDialog>
    </li>
  );
}

/** Groups of members: rolls of votes that are not for everyone. */
export function Groups() {
  const list = useGroups();
  return (
    <div class="stack console-page">
      <h1>{t('groups.title')}</h1>
      <p>{t('groups.text')}</p>
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {list.items === undefined && list.problem === '' && <Skeleton />}
      {list.items?.length === 0 && <p class="soft">{t('groups.none')}</p>}
      {list.items !== undefined && list.items.length > 0 && (
        <ul class="plain-list card">
          {list.items.map((group) => (
            <Group key={group.group_id} group={group} onChanged={list.reload} />
          ))}
        </ul>
      )}
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
      <NewGroup onMade={list.reload} />
    </div>
  );
}
