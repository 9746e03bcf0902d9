import { useEffect, useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import { announce } from '../../ui/announce.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { formatNumber } from '../../ui/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { loadRefusalWords, refusalText } from '../../ui/refusal-words.ts';
import { CountedNumber } from '../counted-number.tsx';
import { t } from '../texts.ts';
import { Pebbles } from './pebbles.tsx';
import type { Purse, PurseState } from './purse.ts';

/** A wait that is shorter is not worth a word. */
const SLOW_MS = 900;
/** Taps follow each other fast: what is left is said once they pause. */
const SAID_AFTER_MS = 1_200;

function stateWords(state: PurseState): string {
  const words: Readonly<Record<PurseState, string>> = {
    idle: '',
    waiting: '',
    sending: t('purse.sending'),
    retrying: t('purse.retrying'),
    offline: t('purse.offline'),
    'signed-out': t('purse.signedOut'),
  };
  return words[state];
}

/** The state of the purse in words, once it lasts. */
function useLastingState(purse: Purse): string {
  const state = purse.state.value;
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (state !== 'sending') return;
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return state === 'sending' && !slow ? '' : stateWords(state);
}

/** Why coins do not move (any more), and which rules bind them: said before a tap meets it. */
function rulesWords({ status, coin_policy: policy }: CampaignView): string {
  if (policy.coins_expired_at !== null) return t('purse.expired');
  if (status !== 'active') return t('purse.ended');
  if (!policy.allow_recycling && !policy.allow_reallocation) return t('purse.fixed');
  if (!policy.allow_recycling) return t('purse.movable');
  return policy.allow_reallocation ? '' : t('purse.noMoving');
}

function useSaid(text: string): void {
  useEffect(() => {
    if (text === '') return;
    const timer = setTimeout(() => announce(text), SAID_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
}

/** Why the last act was not done. It stays until it is read. */
function Refused({ purse }: { readonly purse: Purse }) {
  const error = purse.refused.value;
  const [words, setWords] = useState('');
  useEffect(() => {
    setWords('');
    if (error !== undefined) void loadRefusalWords().then(() => setWords(refusalText(error)));
  }, [error]);
  return (
    <div role="alert">
      {words !== '' && (
        <p class="purse-refused">
          <Icon name="warning" />
          <span>
            {words} {t('purse.unchanged')}
          </span>
          <IconButton
            icon="cross"
            label={t('purse.read')}
            onClick={() => {
              purse.refused.value = undefined;
            }}
          />
        </p>
      )}
    </div>
  );
}

/** The coins that are left, always in view at the thumb, with the way back from the last act. */
export function PurseBar({ purse, campaign }: { readonly purse: Purse; readonly campaign: CampaignView }) {
  const figures = purse.figures.value;
  const rules = rulesWords(campaign);
  const state = useLastingState(purse);
  const available = figures?.available;
  useSaid(available === undefined || purse.undoable.value === undefined ? '' : t('purse.left', { count: available }));
  if (figures === undefined) return null;
  return (
    <aside class={campaign.status === 'active' ? 'purse' : 'purse purse-still'} aria-label={t('purse.title')}>
      <Refused purse={purse} />
      <div class="purse-row">
        <Pebbles left={figures.available} of={figures.available + figures.allocated} />
        <p class="purse-words">
          <strong class="purse-number figures">
            <CountedNumber value={figures.available} />
          </strong>{' '}
          <span>{t('purse.toGive', { count: figures.available })}</span>
          <span class="soft small block figures">
            {t('purse.given', { given: formatNumber(figures.allocated) })}
            {figures.expended > 0 && ` ${t('purse.expended', { count: figures.expended })}`}
          </span>
        </p>
        {purse.undoable.value !== undefined && (
          <Button kind="plain" onClick={() => purse.undo()}>
            {t('purse.undo')}
          </Button>
        )}
      </div>
      {rules !== '' && <p class="purse-rules small soft">{rules}</p>}
      <p class="purse-state small" role="status">
        {state}
      </p>
    </aside>
  );
}
