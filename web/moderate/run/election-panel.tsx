import type { ElectionView } from '../../../protocol/elections.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { methodName, optionTitle, stateName } from '../../ui/election-words.ts';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { letterOf } from '../../ui/options.ts';
import { Paragraphs } from '../../ui/paragraphs.tsx';
import { t } from '../texts.ts';
import type { Chosen } from './chosen.ts';
import { Controls } from './controls.tsx';
import { LiveFigures } from './live-figures.tsx';
import { PaperPanel } from './paper.tsx';
import { Participation } from './participation.tsx';
import { ResultPanel } from './result-panel.tsx';
import { useRight } from './right.ts';
import { rulesInWords } from './rules-words.ts';
import { Tokens } from './tokens.tsx';

/** What a draft asks, as voters will see it. */
function Draft({ election }: { readonly election: ElectionView }) {
  return (
    <ol class="plain-list draft-options">
      {election.options.map(({ id, description }, index) => (
        <li key={id}>
          <span class="soft" aria-hidden="true">
            {letterOf(index)}
          </span>{' '}
          <strong>{optionTitle(election, id)}</strong>
          {description !== undefined && description !== '' && <span class="soft block">{description}</span>}
        </li>
      ))}
    </ol>
  );
}

function settingsInWords(election: ElectionView): readonly string[] {
  const rolls = { tokens: t('roll.tokens'), meeting: t('roll.meeting'), members: t('roll.members') };
  const shows = { live: t('visibility.live'), count: t('visibility.count'), hidden: t('visibility.hidden') };
  return [
    methodName(election.method.method),
    election.secrecy === 'secret' ? t('secrecy.secret') : t('secrecy.named'),
    rolls[election.roll],
    shows[election.visibility],
    ...rulesInWords(election.rules),
  ];
}

/** One vote with everything that can be done about it. */
export function ElectionPanel(props: {
  readonly live: LiveMeeting;
  readonly election: ElectionView;
  readonly onChoose: (chosen: Chosen) => void;
}) {
  const { live, election, onChoose } = props;
  const { leads, ofOrganisation } = useRight();
  const { state } = election;
  const takesTokens = election.roll === 'tokens' && (state === 'draft' || state === 'open');
  return (
    <article class="stack election-panel">
      <header class="stack election-head">
        <p class={`agenda-state agenda-state-${state}`}>
          {stateName(state)}
          {state === 'open' && election.closes_at !== null && (
            <>
              {' · '}
              <Countdown until={election.closes_at} least={1} />
            </>
          )}
        </p>
        <h2 class="election-title">{election.title}</h2>
        {election.description !== '' && <Paragraphs text={election.description} />}
        <p class="soft small">{settingsInWords(election).join(' · ')}</p>
      </header>
      {state === 'cancelled' && election.cancel_reason !== null && (
        <p>{t('panel.cancelled', { reason: election.cancel_reason })}</p>
      )}
      {state === 'draft' && <Draft election={election} />}
      {takesTokens && leads && ofOrganisation && <Tokens election={election} />}
      {state === 'open' && <LiveFigures live={live} election={election} />}
      {(state === 'closed' || state === 'published') && <ResultPanel live={live} election={election} />}
      {state !== 'draft' && state !== 'cancelled' && <Participation live={live} election={election} />}
      {leads && (state === 'open' || state === 'closed') && <PaperPanel election={election} />}
      {leads && <Controls live={live} election={election} onChoose={onChoose} />}
    </article>
  );
}
