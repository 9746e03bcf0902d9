import type { ElectionView } from '../../../protocol/elections.ts';
import { Bars } from '../../ui/bars.tsx';
import { Button } from '../../ui/button.tsx';
import { figureName, headline, optionSign, optionTitle, rulingWords } from '../../ui/election-words.ts';
import { ErrorSummary } from '../../ui/field.tsx';
import { formatAmount, locale } from '../../ui/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { saveFile } from '../../ui/save-file.ts';
import { useSubmission } from '../../ui/submission.ts';
import { useResult } from '../../ui/use-result.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';
import { Recount } from './recount.tsx';
import { Rounds } from './rounds.tsx';

/** The result as files: for the record, for spreadsheets, for programs. */
function Files({ live, election }: { readonly live: LiveMeeting; readonly election: ElectionView }) {
  const form = useSubmission('files');
  const base = `/v1/elections/${election.election_id}`;
  const save = (path: string, name: string, type: string) =>
    form.submit([], async () => {
      saveFile(name, type, await live.http.call<Blob>({ method: 'GET', path, as: 'blob' }));
    });
  return (
    <div class="stack" id="files" tabIndex={-1}>
      <ErrorSummary errors={form.errors} />
      <div class="row">
        <Button
          busy={form.busy}
          onClick={() => void save(`${base}/minutes.pdf?lang=${locale.value}`, 'minutes.pdf', 'application/pdf')}
        >
          {t('files.minutes')}
        </Button>
        <Button onClick={() => void save(`${base}/result.csv`, 'result.csv', 'text/csv')}>{t('files.csv')}</Button>
        <Button onClick={() => void save(`${base}/result`, 'result.json', 'application/json')}>
          {t('files.json')}
        </Button>
      </div>
    </div>
  );
}

/** What was decided, why, and every round that led to it. Before the publication the chair sees it alone. */
export function ResultPanel({ live, election }: { readonly live: LiveMeeting; readonly election: ElectionView }) {
  const result = useResult(live, election);
  if (result === undefined) {
    return (
      <>
        <p class="soft" role="status">
          {t('result.counting')}
        </p>
        <Skeleton />
      </>
    );
  }
  const { ruling, count, paper } = result;
  const good = ruling.outcome === 'carried' || ruling.outcome === 'elected';
  return (
    <section class="stack" aria-label={t('result.label')}>
      {election.state === 'closed' && <p class="soft">{t('result.preview')}</p>}
      <p class={good ? 'outcome outcome-good' : 'outcome'}>
        <Icon name={good ? 'check' : 'minus'} /> {headline(election, result)}
      </p>
      {rulingWords(result).map((words) => (
        <p class="figures" key={words}>
          {words}
        </p>
      ))}
      <Bars
        label={figureName(election.method.method)}
        format={(value) => formatAmount(String(value))}
        bars={election.options.map(({ id }, index) => ({
          id,
          index,
          title: optionTitle(election, id),
          sign: optionSign(election, id),
          value: Number(count.totals[id] ?? 0),
          won: ruling.elected.includes(id) ? t('result.won') : undefined,
        }))}
      />
      <p class="soft small figures">
        {t('result.ballots', {
          count: count.ballots.cast,
          blank: count.ballots.blank,
          abstained: count.ballots.abstained,
        })}
        {paper !== null && (
          <> · {t('result.paper', { count: paper.batches.reduce((sum, { ballots }) => sum + ballots, 0) })}</>
        )}
      </p>
      {count.rounds.length > 1 && <Rounds election={election} rounds={count.rounds} />}
      <Recount electionId={election.election_id} />
      <Files live={live} election={election} />
    </section>
  );
}
