import { api } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { ErrorSummary } from '../ui/field.tsx';
import { saveFile } from '../ui/save-file.ts';
import { useSubmission } from '../ui/submission.ts';
import { Section } from './section.tsx';
import { t } from './texts.ts';

/** Everything that is held about the person, as one file. */
export function DataExport() {
  const form = useSubmission('export');
  const save = () =>
    form.submit([], async () => {
      const all = await api.call<unknown>({ method: 'GET', path: '/v1/account/export' });
      saveFile('psephos-account.json', 'application/json', JSON.stringify(all, null, 2));
    });
  return (
    <Section title={t('export.title')}>
      <p>{t('export.text')}</p>
      <ErrorSummary errors={form.errors} />
      <div class="row">
        <Button id="export" busy={form.busy} onClick={() => void save()}>
          {t('export.save')}
        </Button>
      </div>
    </Section>
  );
}
