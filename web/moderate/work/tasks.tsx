import { useEffect, useState } from 'preact/hooks';
import type { UpkeepTaskView } from '../../../protocol/work.ts';
import { api } from '../../ui/account-session.ts';
import { formatMoment } from '../../ui/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { loadRefusalWords, refusalText } from '../../ui/refusal-words.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';
import { taskName } from './words.ts';

/** While the page is looked at. Most tasks are done once in minutes or days. */
const REFRESH_MS = 15_000;

/** How the last one went: at work, failed, or done; a sign and a word. */
function How({ task: { failed, ended_at: ended, problem } }: { readonly task: UpkeepTaskView }) {
  if (failed) {
    return (
      <>
        <strong class="audit-bypassed">
          <Icon name="warning" /> {t('work.task.failed')}
        </strong>
        {problem !== null && <span class="soft small block">{problem}</span>}
      </>
    );
  }
  return ended === null ? (
    <>
      <Icon name="clock" /> {t('work.task.atWork')}
    </>
  ) : (
    <>
      <Icon name="check" /> {t('work.task.done')}
    </>
  );
}

/** What it did, where the caller may know: names and figures as they were written down. */
function Summary({ summary }: Pick<UpkeepTaskView, 'summary'>) {
  if (summary === null || Object.keys(summary).length === 0) return null;
  return (
    <details>
      <summary>{t('work.task.what')}</summary>
      <pre class="small work-payload">{JSON.stringify(summary, null, 2)}</pre>
    </details>
  );
}

/** What is done by the clock: when it was last done, and how that went. */
export function Tasks({ path }: { readonly path: string }) {
  const [tasks, setTasks] = useState<readonly UpkeepTaskView[]>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let gone = false;
    const read = async () => {
      try {
        const { items } = await api.call<{ items: readonly UpkeepTaskView[] }>({ method: 'GET', path });
        if (gone) return;
        setTasks(items);
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
  return (
    <section class="stack" aria-labelledby="upkeep-tasks">
      <h2 id="upkeep-tasks">{t('work.tasks')}</h2>
      {problem !== '' && <p role="alert">{problem}</p>}
      {tasks === undefined && problem === '' && <Skeleton lines={4} />}
      {tasks?.length === 0 && <p class="soft">{t('work.noTasks')}</p>}
      {tasks !== undefined && tasks.length > 0 && (
        <ul class="plain-list card">
          {tasks.map((task) => (
            <li key={task.task} class="list-row">
              <span>
                <strong>{taskName(task.task)}</strong>
                <span class="soft small block">
                  {task.succeeded_at === null
                    ? t('work.task.never')
                    : t('work.task.last', { moment: formatMoment(task.succeeded_at) })}
                </span>
              </span>
              <span>
                <How task={task} />
              </span>
              <Summary summary={task.summary} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
