import { useState } from 'preact/hooks';
import type { ElectionView } from '../../../protocol/elections.ts';
import { Field } from '../../ui/field.tsx';
import { Form, SubmitButton } from '../../ui/form.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { useRight } from './right.ts';
import { csvOfTokens, newTokens } from './voting-tokens.ts';

/** What the gateway takes in one request. */
const TOKENS_MAX = 20_000;

/**
 * Links for voters without an account. They are made here, in the browser, and only their hashes are sent: whoever runs
 * the server cannot know which link went to whom.
 */
export function Tokens({ election }: { readonly election: ElectionView }) {
  const [count, setCount] = useState('');
  const [made, setMade] = useState(0);
  const { http } = useRight();
  const form = useSubmission('make-tokens');
  const wanted = Number(count);
  const good = /^[0-9]{1,5}$/.test(count.trim()) && wanted >= 1 && wanted <= TOKENS_MAX;
  const problems = good ? [] : [{ field: 'token-count', text: t('tokens.countWrong') }];
  const make = () =>
    form.submit(problems, async () => {
      const tokens = await newTokens(wanted);
      const body = { credentials: tokens.map(({ hash }) => ({ hash })) };
      const path = `/v1/elections/${election.election_id}/credentials`;
      await http.call({ method: 'POST', path, body, creates: true, timeoutMs: 60_000 });
      // saved once they count: a file of links that do not would be handed out
      saveFile('voting-links.csv', 'text/csv', csvOfTokens(tokens, `${location.origin}/vote/${election.election_id}`));
      setMade(wanted);
      setCount('');
    });
  return (
    <details class="tokens">
      <summary>{t('tokens.title')}</summary>
      <Form form={form} onSubmit={make} head={<p class="soft">{t('tokens.text')}</p>}>
        <div class="row fields-beside">
          <Field
            id="token-count"
            label={t('tokens.count')}
            inputMode="numeric"
            value={count}
            onInput={setCount}
            error={form.errorOf('token-count')}
          />
          <SubmitButton form={form} kind="plain">
            {t('tokens.make')}
          </SubmitButton>
        </div>
        {made > 0 && <p role="status">{t('tokens.made', { count: made })}</p>}
      </Form>
    </details>
  );
}
