import type { CampaignView } from '../../protocol/campaigns.ts';
import { Countdown } from '../ui/countdown.tsx';
import { Icon } from '../ui/icon.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { Paragraphs } from '../ui/paragraphs.tsx';
import { CampaignMark } from './campaign-mark.tsx';
import { t } from './texts.ts';
import { daysUntil, statusName, timeWords } from './words.ts';

/** Longer descriptions stand folded below their first words. */
const LONG_CHARACTERS = 400;

/** The last day is counted down, and so is the day before the start. */
export function TimeLeft({ campaign }: { readonly campaign: CampaignView }) {
  const { status, start_date: start, end_date: end } = campaign;
  const next = status === 'draft' ? start : status === 'active' ? end : null;
  if (next !== null && daysUntil(next) < 1) {
    return (
      <>
        {status === 'draft' ? t('time.startsIn') : t('time.endsIn')} <Countdown until={next} />
      </>
    );
  }
  return <>{timeWords(campaign)}</>;
}

function Description({ text }: { readonly text: string }) {
  if (text === '') return null;
  if (text.length <= LONG_CHARACTERS) return <Paragraphs text={text} />;
  return (
    <details class="campaign-description">
      <summary>
        <span class="campaign-teaser">{text.slice(0, LONG_CHARACTERS / 2).trimEnd()}…</span>
        <span class="campaign-unfold">{t('description.more')}</span>
      </summary>
      <Paragraphs text={text} />
    </details>
  );
}

/** What the campaign is, and how long it runs. */
export function CampaignHead({ campaign }: { readonly campaign: CampaignView }) {
  const time = timeWords(campaign);
  return (
    <header class="campaign-head stack">
      {campaign.banner_image_url !== null && (
        <img class="campaign-banner" src={campaign.banner_image_url} alt="" width="1200" height="400" />
      )}
      <div class="campaign-name">
        <CampaignMark campaign={campaign} />
        <PageTitle screen={campaign.id} text={campaign.title} />
      </div>
      <ul class="campaign-facts figures">
        <li class={`chip chip-${campaign.status}`}>{statusName(campaign.status)}</li>
        {time !== '' && (
          <li>
            <Icon name="clock" /> <TimeLeft campaign={campaign} />
          </li>
        )}
        <li>
          <Icon name="people" /> {t('facts.members', { count: campaign.members })}
        </li>
      </ul>
      <Description text={campaign.description} />
    </header>
  );
}
