import { useEffect, useState } from 'preact/hooks';
import type { QueueView } from '../../../protocol/work.ts';
import { account, api } from '../../ui/account-session.ts';
import { formatNumber } from '../../ui/i18n.ts';
import { loadRefusalWords, refusalText } from '../../ui/refusal-words.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';
import { DeadLetters } from './dead-letters.tsx';
import { Tasks } from './tasks.tsx';
import { ageWords, queueName } from './words.ts';

/** While the page is looked at. */
const REFRESH_MS = 3_000;
/** Workers tell every two seconds. */
const SILENT_MS = 15_000;

function Queues({ path }: { readonly path: string }) {
  const [queues, setQueues] = useState<readonly QueueView[]>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let gone = false;
    const read = async () => {
      try {
        const { items } = await api.call<{ items: readonly QueueView[] }>({ method: 'GET', path });
        if (gone) return;
        setQueues(items);
        setProblem('');
      } catch (error) {
        await loadRefusalWords();
        if (!gone) setProblem(refusalText(error));
      }
    };
    void read();
    const timer = setInterval(() => {
      if (!document.hidden) void read();
    }, REFRESH_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [path]);
  const silent = queues?.some(({ told_ago_ms }) => told_ago_ms > SILENT_MS) ?? false;
  return (
    <>
      {problem !== '' && <p role="alert">{problem}</p>}
      {queues === undefined && problem === '' && <Skeleton lines={4} />}
      {queues?.length === 0 && <p class="soft">{t('work.noFigures')}</p>}
      {silent && <p role="status">{t('work.silent')}</p>}
      {queues !== undefined && queues.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it scrolls sideways, by keyboard too
        <section class="card work-queues" aria-label={t('work.caption')} tabIndex={0}>
          <table class="table">
            <caption class="soft small">{t('work.caption')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('work.queue')}</th>
                <th scope="col">{t('work.waiting')}</th>
                <th scope="col">{t('work.age')}</th>
                <th scope="col">{t('work.active')}</th>
                <th scope="col">{t('work.delayed')}</th>
                <th scope="col">{t('work.done')}</th>
                <th scope="col">{t('work.failed')}</th>
              </tr>
            </thead>
            <tbody>
              {queues.map((queue) => (
                <tr key={queue.queue}>
                  <th scope="row">{queueName(queue.queue)}</th>
                  <td class="figures">{formatNumber(queue.waiting)}</td>
                  <td class="figures">{ageWords(queue.oldest_age_ms)}</td>
                  <td class="figures">{formatNumber(queue.active)}</td>
                  <td class="figures">{formatNumber(queue.delayed)}</td>
                  <td class="figures">{formatNumber(queue.done)}</td>
                  <td class="figures">{formatNumber(queue.failed)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

/** What happens in the background, and jobs that were given up: for administrators; of the platform, everybody's. */
export function Work() {
  const base = account.value?.platform_admin === true ? '/v1/platform/work' : '/v1/work';
  return (
    <div class="stack console-page">
      <h1>{t('work.title')}</h1>
      <p>{t('work.text')}</p>
      <Queues path={`${base}/queues`} />
      <DeadLetters path={`${base}/dead-letters`} />
      <Tasks path={`${base}/tasks`} />
    </div>
  );
}
