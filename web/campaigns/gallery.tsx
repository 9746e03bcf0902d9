import type { CampaignView } from '../../protocol/campaigns.ts';
import { membership } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { useKeptScroll } from '../ui/kept.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { usePaged } from '../ui/paged.ts';
import { followLink } from '../ui/router.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { CampaignMark } from './campaign-mark.tsx';
import { t } from './texts.ts';
import { statusName, timeWords } from './words.ts';

/** What may be made by whom: the gateway decides, this only spares a dead end. */
const CREATORS = ['admin', 'sponsor'];

function partWords({ membership: own, can_manage: manages }: CampaignView): string | undefined {
  if (own?.state === 'invited') return t('part.invited');
  if (own?.state === 'requested') return t('part.requested');
  if (manages && own?.state === 'joined') return t('part.manager');
  return own?.state === 'joined' ? t('part.joined') : undefined;
}

function Card({ campaign }: { readonly campaign: CampaignView }) {
  const time = timeWords(campaign);
  const part = partWords(campaign);
  return (
    <li>
      <a
        class={`campaign-card campaign-${campaign.status}`}
        href={`/campaigns/${campaign.campaign_id}`}
        onClick={followLink}
      >
        <CampaignMark campaign={campaign} />
        <span class="campaign-card-words">
          <strong class="campaign-card-title">{campaign.title}</strong>
          <span class="chips">
            <span class={`chip chip-${campaign.status}`}>{statusName(campaign.status)}</span>
            {part !== undefined && <span class="chip chip-part">{part}</span>}
          </span>
          <span class="soft small figures campaign-card-facts">
            {time !== '' && <span>{time}</span>}
            <span>{t('facts.members', { count: campaign.members })}</span>
            <span>{t('facts.ideas', { count: campaign.ideas })}</span>
          </span>
        </span>
      </a>
    </li>
  );
}

function Cards({ title, campaigns }: { readonly title: string; readonly campaigns: readonly CampaignView[] }) {
  if (campaigns.length === 0) return null;
  return (
    <section class="stack">
      <h2>{title}</h2>
      <ul class="campaign-cards">
        {campaigns.map((campaign) => (
          <Card key={campaign.id} campaign={campaign} />
        ))}
      </ul>
    </section>
  );
}

/** Every campaign that the person can see: their own first, then those that run, then the others. */
export function Gallery() {
  const mine = usePaged<CampaignView>('/v1/campaigns', { mine: 'true' });
  const all = usePaged<CampaignView>('/v1/campaigns');
  const ready = mine.items !== undefined && all.items !== undefined;
  useKeptScroll(ready);
  const problem = mine.problem || all.problem;
  const own = mine.items?.filter(({ membership: part }) => part?.state !== 'left') ?? [];
  const others = all.items?.filter(({ id }) => !own.some((each) => each.id === id)) ?? [];
  const isOpen = ({ status }: CampaignView) => status === 'active' || status === 'draft';
  const mayCreate = CREATORS.some((role) => membership.value?.roles.includes(role as 'admin'));
  return (
    <div class="stack sections">
      <div class="row gallery-head">
        <PageTitle screen="gallery" text={t('gallery.title')} />
        <a class="button button-quiet" href="/account">
          {t('gallery.account')}
        </a>
        {mayCreate && (
          <a class="button button-plain" href="/moderate/campaigns">
            {t('gallery.manage')}
          </a>
        )}
      </div>
      {problem !== '' && (
        <div class="stack" role="alert">
          <p>{problem}</p>
          <Button onClick={() => void Promise.all([mine.reload(), all.reload()])}>{t('again')}</Button>
        </div>
      )}
      {!ready && problem === '' && <Skeleton lines={6} />}
      {ready && own.length + others.length === 0 && (
        <div class="card stack gallery-empty">
          <p>{t('gallery.empty')}</p>
          <p class="soft">{mayCreate ? t('gallery.emptyCreator') : t('gallery.emptyText')}</p>
        </div>
      )}
      <Cards title={t('gallery.mine')} campaigns={own} />
      <Cards title={own.length > 0 ? t('gallery.others') : t('gallery.running')} campaigns={others.filter(isOpen)} />
      <Cards title={t('gallery.ended')} campaigns={others.filter((each) => !isOpen(each))} />
      {all.more !== undefined && <Button onClick={all.more}>{t('more')}</Button>}
    </div>
  );
}
