import { useState } from 'preact/hooks';
import type { AgendaItemView } from '../../../protocol/agenda.ts';
import { announce } from '../../ui/announce.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import type { AgendaActs } from './use-agenda-acts.ts';

/** What can be done about one item: go there, move it, take it off. */
export function AgendaItemActs(props: {
  readonly item: AgendaItemView;
  readonly place: number;
  readonly items: readonly AgendaItemView[];
  readonly isCurrent: boolean;
  readonly acts: AgendaActs;
}) {
  const { item, place, items, isCurrent, acts } = props;
  const { item_id: id, title } = item;
  const move = async (to: number) => {
    if (await acts.move(id, to)) announce(t('form.moved', { title, place: to + 1, count: items.length }));
  };
  return (
    <span class="agenda-acts">
      <Button
        kind="quiet"
        label={isCurrent ? t('agenda.leaveOne', { title }) : t('agenda.goToOne', { title })}
        onClick={() => void acts.setCurrent(isCurrent ? null : id)}
      >
        {isCurrent ? t('agenda.leave') : t('agenda.goTo')}
      </Button>
      <IconButton
        icon="up"
        label={t('form.up', { title })}
        disabled={place === 0}
        onClick={() => void move(place - 1)}
      />
      <IconButton
        icon="down"
        label={t('form.down', { title })}
        disabled={place === items.length - 1}
        onClick={() => void move(place + 1)}
      />
      <IconButton icon="cross" label={t('agenda.remove', { title })} onClick={() => void acts.remove(id)} />
    </span>
  );
}

type Kind = 'text' | 'break' | 'speakers';

/** Items that are no votes: words, a break, the list of speakers. */
export function NewAgendaItem({ acts }: { readonly acts: AgendaActs }) {
  const [kind, setKind] = useState<Kind>('text');
  const [title, setTitle] = useState('');
  const form = useSubmission('add-agenda-item');
  const problems = title.trim() === '' ? [{ field: 'agenda-item-title', text: t('agenda.itemTitleMissing') }] : [];
  const add = () =>
    form.submit(problems, async () => {
      if (await acts.add({ kind, title: title.trim() })) setTitle('');
    });
  return (
    <details>
      <summary>{t('agenda.other')}</summary>
      <Form form={form} onSubmit={add} act={t('agenda.add')} kind="plain">
        <Select
          id="agenda-kind"
          label={t('agenda.kind')}
          value={kind}
          options={[
            { value: 'text', text: t('agenda.text') },
            { value: 'break', text: t('agenda.break') },
            { value: 'speakers', text: t('agenda.speakers') },
          ]}
          onChange={setKind}
        />
        <Field
          id="agenda-item-title"
          label={t('agenda.itemTitle')}
          value={title}
          onInput={setTitle}
          error={form.errorOf('agenda-item-title')}
          maxLength={200}
        />
      </Form>
    </details>
  );
}
