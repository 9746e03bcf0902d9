import { useState } from 'preact/hooks';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Form, SubmitButton } from '../../ui/form.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { decideIdea } from './calls.ts';
import { t } from './texts.ts';

function Body({ idea, coins, onDone, onClose }: Omit<RejectProps, 'open'>) {
  const [reason, setReason] = useState('');
  const form = useSubmission('reject-now');
  const problems = reason.trim() === '' ? [{ field: 'reason', text: t('reject.reasonMissing') }] : [];
  const reject = () =>
    form.submit(problems, async () => onDone(await decideIdea(idea.id, 'reject', { reason: reason.trim() })));
  const usual = [t('reject.scope'), t('reject.vague'), t('reject.ours'), t('reject.rules')];
  return (
    <Form form={form} onSubmit={reject}>
      <p>{t('reject.text', { name: idea.submitter_name })}</p>
      {coins > 0 && <p>{t('reject.coins', { count: coins })}</p>}
      <fieldset class="row reject-usual">
        <legend class="soft small">{t('reject.usual')}</legend>
        {usual.map((text) => (
          <button type="button" class="button search-choice" key={text} onClick={() => setReason(text)}>
            {text}
          </button>
        ))}
      </fieldset>
      <Field
        id="reason"
        label={t('reject.reason')}
        value={reason}
        onInput={setReason}
        error={form.errorOf('reason')}
        lines={3}
        maxLength={2_000}
        required
      />
      <div class="dialog-acts">
        <Button onClick={onClose}>{t('form.cancel')}</Button>
        <SubmitButton form={form}>{t('reject.act')}</SubmitButton>
      </div>
    </Form>
  );
}

interface RejectProps {
  readonly open: boolean;
  readonly idea: IdeaView;
  /** coins that lie on it and go back into purses */
  readonly coins: number;
  readonly onDone: (idea: IdeaView) => void;
  readonly onClose: () => void;
}

/** Rejects an idea with a reason that its submitter reads. */
export function RejectDialog({ open, ...props }: RejectProps) {
  return (
    <Dialog open={open} title={t('reject.title', { title: props.idea.title })} onClose={props.onClose}>
      {open && <Body {...props} />}
    </Dialog>
  );
}
