import { useEffect, useState } from 'preact/hooks';
import type { ElectionView } from '../../../protocol/elections.ts';
import type { TemplateView } from '../../../protocol/templates.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary, Field } from '../../ui/field.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { type Draft, draftOf, electionOf } from './draft.ts';
import { useRight } from './right.ts';

interface TemplatePage {
  readonly items: readonly TemplateView[];
}

/** Fills the form from a template; nothing where there is none. */
export function Templates({ onChoose }: { readonly onChoose: (draft: Draft) => void }) {
  const { http } = useRight();
  const [templates, setTemplates] = useState<readonly TemplateView[]>([]);
  const [chosen, setChosen] = useState('');
  useEffect(() => {
    http.call<TemplatePage>({ method: 'GET', path: '/v1/election-templates' }).then(
      ({ items }) => setTemplates(items),
      () => {},
    ); // the form works without
  }, []);
  if (templates.length === 0) return null;
  return (
    <Select
      id="template"
      label={t('template.begin')}
      value={chosen}
      options={[
        { value: '', text: t('template.none') },
        ...templates.map(({ template_id: value, name }) => ({ value, text: name })),
      ]}
      onChange={(id) => {
        setChosen(id);
        const found = templates.find(({ template_id: each }) => each === id);
        if (found !== undefined) onChoose(draftOf(found.election as Partial<ElectionView>));
      }}
    />
  );
}

/** Keeps the form as a template of the organisation. */
export function SaveTemplate({ draft }: { readonly draft: Draft }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const { http } = useRight();
  const form = useSubmission('template-name');
  const problems = name.trim() === '' ? [{ field: 'template-name', text: t('template.nameMissing') }] : [];
  const save = () =>
    form.submit(problems, async () => {
      const { meeting_id: _, title, options, ...rest } = electionOf(draft, '');
      const election = {
        ...rest,
        ...(title === '' ? {} : { title }),
        ...(options === undefined || options.length < 2 ? {} : { options }),
      };
      const body = { name: name.trim(), election };
      await http.call({ method: 'POST', path: '/v1/election-templates', body, creates: true });
      setOpen(false);
      toast(t('template.saved'));
    });
  return (
    <>
      <Button kind="quiet" onClick={() => setOpen(true)}>
        {t('template.save')}
      </Button>
      <ConfirmDialog
        open={open}
        title={t('template.save')}
        confirm={t('template.confirm')}
        busy={form.busy}
        onClose={() => setOpen(false)}
        onConfirm={() => void save()}
      >
        <ErrorSummary errors={form.errors} />
        <Field
          id="template-name"
          label={t('template.name')}
          value={name}
          onInput={setName}
          error={form.errorOf('template-name')}
          maxLength={200}
        />
      </ConfirmDialog>
    </>
  );
}
