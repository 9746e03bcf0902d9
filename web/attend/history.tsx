import { Icon } from '../ui/icon.tsx';
import { useKeptScroll } from '../ui/kept.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { followLink } from '../ui/router.ts';
import type { Election } from './ballots/content.ts';
import { t } from './texts.ts';
import type { Voter } from './voter.ts';

function stateText(state: Election['state']): string {
  const names = {
    draft: '',
    open: t('history.open'),
    closed: t('history.closed'),
    published: t('history.published'),
    cancelled: t('history.cancelled'),
  };
  return names[state];
}

/** Every vote of the meeting so far, the newest first, with this voter's part in it. */
export function History(props: {
  readonly elections: readonly Election[];
  readonly voter: Voter;
  /** address of the meeting */
  readonly home: string;
}) {
  const { elections, voter, home } = props;
  useKeptScroll(true); // drawn once the elections are known
  const held = elections.filter(({ state }) => state !== 'draft');
  return (
    <section class="stack">
      <PageTitle screen="history" text={t('history.title')} />
      {held.length === 0 && <p class="soft">{t('history.empty')}</p>}
      <ul class="history">
        {held.map((election) => {
          const record = voter.records.of(election.election_id).value;
          const voted = record.state === 'cast';
          return (
            <li key={election.election_id}>
              <a class="card" href={`${home}/votes/${election.election_id}`} onClick={followLink}>
                <strong>{election.title}</strong>
                <span class="history-state small">
                  <span>{stateText(election.state)}</span>
                  <span class={voted ? 'history-voted' : 'soft'}>
                    {voted && <Icon name="check" />}
                    {voted
                      ? t('history.voted')
                      : election.state === 'open'
                        ? t('history.notVoted')
                        : t('history.notKnown')}
                  </span>
                </span>
                {record.trackingCode !== undefined && (
                  <span class="history-code small soft figures" title={record.trackingCode}>
                    {record.trackingCode}
                  </span>
                )}
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
