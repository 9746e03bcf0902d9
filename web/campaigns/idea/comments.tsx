import { useState } from 'preact/hooks';
import type { CommentView } from '../../../protocol/ideas.ts';
import { api } from '../../ui/account-session.ts';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { formatMoment } from '../../ui/i18n.ts';
import { usePaged } from '../../ui/paged.ts';
import { Paragraphs } from '../../ui/paragraphs.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';

const TEXT_MAX = 2_000;

interface CommentsProps {
  readonly ideaId: string;
  readonly mayWrite: boolean;
  /** whose own comments can be removed */
  readonly memberId: string;
  /** may remove those of others too */
  readonly mayModerate: boolean;
}

function Comment(props: { readonly comment: CommentView; readonly onRemove: (() => void) | undefined }) {
  const { comment, onRemove } = props;
  return (
    <li class="comment">
      <p class="comment-head">
        <strong>{comment.author_name}</strong> <span class="soft small">{formatMoment(comment.created_at)}</span>
      </p>
      {comment.text === null ? <p class="soft">{t('comments.removed')}</p> : <Paragraphs text={comment.text} />}
      {onRemove !== undefined && (
        <Button kind="quiet" label={t('comments.removeOf', { name: comment.author_name })} onClick={onRemove}>
          {t('comments.remove')}
        </Button>
      )}
    </li>
  );
}

function Writing({ path, onWritten }: { readonly path: string; readonly onWritten: () => Promise<void> }) {
  const [text, setText] = useState('');
  const form = useSubmission('write-comment', undefined, { text: 'comment' });
  const problems = text.trim() === '' ? [{ field: 'comment', text: t('comments.empty') }] : [];
  const write = () =>
    form.submit(problems, async () => {
      await api.call({ method: 'POST', path, body: { text: text.trim() }, creates: true });
      setText('');
      announce(t('comments.written'));
      await onWritten();
    });
  return (
    <Form form={form} onSubmit={write} act={t('comments.write')} kind="plain">
      <Field
        id="comment"
        label={t('comments.label')}
        value={text}
        onInput={setText}
        lines={3}
        maxLength={TEXT_MAX}
        error={form.errorOf('comment')}
      />
    </Form>
  );
}

/** What people say about an idea. */
export function Comments({ ideaId, mayWrite, memberId, mayModerate }: CommentsProps) {
  const path = `/v1/ideas/${ideaId}/comments`;
  const { items, problem, more, reload } = usePaged<CommentView>(path);
  const [removing, setRemoving] = useState<CommentView>();
  const removal = useSubmission('comments-title');
  const remove = (comment: CommentView) =>
    removal.submit([], async () => {
      await api.call({ method: 'DELETE', path: `${path}/${comment.id}` });
      setRemoving(undefined);
      await reload();
    });
  const mayRemove = (comment: CommentView) => comment.text !== null && (mayModerate || comment.author_id === memberId);
  return (
    <section class="stack" aria-labelledby="comments-title">
      <h2 id="comments-title" tabIndex={-1}>
        {t('comments.title')}
      </h2>
      {problem !== '' && <p role="alert">{problem}</p>}
      {items === undefined && problem === '' && <Skeleton />}
      {items?.length === 0 && <p class="soft">{t('comments.none')}</p>}
      {items !== undefined && items.length > 0 && (
        <ul class="comments">
          {items.map((comment) => (
            <Comment
              key={comment.id}
              comment={comment}
              onRemove={mayRemove(comment) ? () => setRemoving(comment) : undefined}
            />
          ))}
        </ul>
      )}
      {more !== undefined && <Button onClick={more}>{t('more')}</Button>}
      {mayWrite && <Writing path={path} onWritten={reload} />}
      <ConfirmDialog
        open={removing !== undefined}
        title={t('comments.removeTitle')}
        confirm={t('comments.remove')}
        signal
        busy={removal.busy}
        onConfirm={() => removing !== undefined && void remove(removing)}
        onClose={() => setRemoving(undefined)}
      >
        <p>{t('comments.removeText')}</p>
        {removal.errors.map(({ text }) => (
          <p key={text} class="field-error" role="alert">
            {text}
          </p>
        ))}
      </ConfirmDialog>
    </section>
  );
}
