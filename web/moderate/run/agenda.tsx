import type { AgendaItemView } from '../../../protocol/agenda.ts';
import type { ElectionView } from '../../../protocol/elections.ts';
import { Button } from '../../ui/button.tsx';
import { methodName, stateName } from '../../ui/election-words.ts';
import { ErrorSummary } from '../../ui/field.tsx';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { t } from '../texts.ts';
import { AgendaItemActs, NewAgendaItem } from './agenda-acts.tsx';
import type { Chosen } from './chosen.ts';
import { useRight } from './right.ts';
import { type AgendaActs, useAgendaActs } from './use-agenda-acts.ts';

function kindName(kind: AgendaItemView['kind']): string {
  const names = {
    text: t('agenda.text'),
    election: t('agenda.election'),
    break: t('agenda.break'),
    speakers: t('agenda.speakers'),
  };
  return names[kind];
}

function ElectionButton(props: {
  readonly election: ElectionView;
  readonly shown: string | undefined;
  readonly onChoose: (chosen: Chosen) => void;
}) {
  const { election, shown, onChoose } = props;
  return (
    <button
      type="button"
      class="agenda-item"
      aria-current={election.election_id === shown ? 'true' : undefined}
      onClick={() => onChoose({ electionId: election.election_id })}
    >
      <span class="agenda-title">{election.title}</span>
      <span class={`agenda-state agenda-state-${election.state}`}>{stateName(election.state)}</span>
      <span class="soft small">{methodName(election.method.method)}</span>
    </button>
  );
}

function classOf(isCurrent: boolean, isShown: boolean): string {
  return `agenda-entry${isCurrent ? ' agenda-entry-current' : ''}${isShown ? ' agenda-entry-shown' : ''}`;
}

function Item(props: {
  readonly item: AgendaItemView;
  readonly place: number;
  readonly items: readonly AgendaItemView[];
  readonly isCurrent: boolean;
  readonly election: ElectionView | undefined;
  readonly shown: string | undefined;
  readonly acts: AgendaActs;
  readonly onChoose: (chosen: Chosen) => void;
}) {
  const { item, place, items, isCurrent, election, shown, acts, onChoose } = props;
  const { leads } = useRight();
  return (
    <li class={classOf(isCurrent, election !== undefined && election.election_id === shown)}>
      {isCurrent && <span class="agenda-now">{t('agenda.now')}</span>}
      {election === undefined ? (
        <span class="agenda-words">
          <span class="agenda-title">{item.title}</span>
          <span class="soft small">
            {kindName(item.kind)}
            {item.minutes !== null && ` · ${t('agenda.minutes', { count: item.minutes })}`}
          </span>
        </span>
      ) : (
        <ElectionButton election={election} shown={shown} onChoose={onChoose} />
      )}
      {leads && <AgendaItemActs item={item} place={place} items={items} isCurrent={isCurrent} acts={acts} />}
    </li>
  );
}

/** The order of the meeting: what comes, where it is, and its votes; the vote in the middle is marked. */
export function Agenda(props: {
  readonly live: LiveMeeting;
  readonly elections: readonly ElectionView[];
  readonly shown: string | undefined;
  readonly onChoose: (chosen: Chosen) => void;
}) {
  const { live, elections, shown, onChoose } = props;
  const { leads } = useRight();
  const acts = useAgendaActs(live);
  const { items = [], current_item_id: current } = live.agenda.value ?? {};
  const placed = new Set(items.map(({ election_id: id }) => id));
  const others = [...elections].reverse().filter(({ election_id: id }) => !placed.has(id));
  return (
    <nav class="run-agenda stack" id="agenda" tabIndex={-1} aria-label={t('agenda.title')}>
      <h2>{t('agenda.title')}</h2>
      <ErrorSummary errors={acts.form.errors} />
      <ol class="plain-list agenda-list">
        {items.map((item, place) => (
          <Item
            key={item.item_id}
            item={item}
            place={place}
            items={items}
            isCurrent={item.item_id === current}
            election={elections.find(({ election_id: id }) => id === item.election_id)}
            shown={shown}
            acts={acts}
            onChoose={onChoose}
          />
        ))}
        {others.map((election) => (
          <li key={election.election_id} class={classOf(false, election.election_id === shown)}>
            <ElectionButton election={election} shown={shown} onChoose={onChoose} />
          </li>
        ))}
      </ol>
      {leads && (
        <>
          <Button id="new-election" kind="primary" icon="plus" wide onClick={() => onChoose('new')}>
            {t('agenda.new')}
          </Button>
          <NewAgendaItem acts={acts} />
        </>
      )}
    </nav>
  );
}
