import { useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import { membership } from '../../ui/account-session.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { formatNumber } from '../../ui/i18n.ts';
import { useKept, useKeptScroll } from '../../ui/kept.ts';
import { usePaged } from '../../ui/paged.ts';
import { followLink } from '../../ui/router.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { createsCampaigns, seesAllCampaigns } from '../rooms.ts';
import { CampaignIcon, Status } from './marks.tsx';
import { NewCampaign } from './new-campaign.tsx';
import { t } from './texts.ts';
import { datesInWords, presetName, statusName, typeName } from './words.ts';

type Filter = '' | CampaignView['status'];

function Figure({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div>
      <dt class="soft small">{name}</dt>
      <dd class="figures">{formatNumber(value)}</dd>
    </div>
  );
}

function Row({ campaign }: { readonly campaign: CampaignView }) {
  const { campaign_id: name, pending_ideas: pending } = campaign;
  return (
    <li class="campaign-row">
      <CampaignIcon campaign={campaign} />
      <div class="campaign-row-words">
        <a href={`/moderate/campaigns/${name}`} onClick={followLink}>
          {campaign.title}
        </a>
        <span class="soft small">
          <Status status={campaign.status} /> {typeName(campaign.campaign_type)} · {presetName(campaign.preset)}
        </span>
        <span class="soft small">{datesInWords(campaign)}</span>
      </div>
      <dl class="campaign-figures">
        <Figure name={t('list.members')} value={campaign.members} />
        <Figure name={t('list.ideas')} value={campaign.ideas} />
        {pending !== null && (
          <div class={pending > 0 ? 'campaign-waits' : undefined}>
            <dt class="soft small">{t('list.pending')}</dt>
            <dd class="figures">
              {pending > 0 ? (
                <a
                  href={`/moderate/campaigns/${name}/queue`}
                  onClick={followLink}
                  aria-label={t('list.toQueue', { count: pending, title: campaign.title })}
                >
                  {formatNumber(pending)}
                </a>
              ) : (
                0
              )}
            </dd>
          </div>
        )}
      </dl>
    </li>
  );
}

/** The campaigns that the person runs; sponsors and administrators see every one. */
export function Campaigns() {
  const roles = membership.value?.roles;
  const [creating, setCreating] = useState(false);
  const [status, setStatus] = useKept<Filter>('campaigns.status', '');
  const all = seesAllCampaigns(roles);
  const list = usePaged<CampaignView>('/v1/campaigns', {
    limit: '50',
    status: status === '' ? undefined : status,
    mine: all ? undefined : 'true',
  });
  useKeptScroll(list.items !== undefined);
  if (creating) return <NewCampaign onCancel={() => setCreating(false)} />;
  const shown = list.items?.filter((campaign) => all || campaign.can_manage);
  return (
    <div class="stack console-wide">
      <h1>{t('list.title')}</h1>
      <p class="soft">{t('list.text')}</p>
      <div class="row fields-beside campaigns-tools">
        {createsCampaigns(roles) && (
          <Button kind="primary" icon="plus" onClick={() => setCreating(true)}>
            {t('list.new')}
          </Button>
        )}
        <Select
          id="status"
          label={t('list.status')}
          value={status}
          options={[
            { value: '', text: t('list.all') },
            ...(['draft', 'active', 'completed', 'archived'] as const).map((value) => ({
              value,
              text: statusName(value),
            })),
          ]}
          onChange={setStatus}
        />
      </div>
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {shown === undefined && list.problem === '' && <Skeleton lines={5} />}
      {shown?.length === 0 && (
        <p class="soft">{status !== '' ? t('list.noneLike') : all ? t('list.none') : t('list.noneOwn')}</p>
      )}
      {shown !== undefined && shown.length > 0 && (
        <ul class="plain-list card">
          {shown.map((campaign) => (
            <Row key={campaign.id} campaign={campaign} />
          ))}
        </ul>
      )}
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
    </div>
  );
}
