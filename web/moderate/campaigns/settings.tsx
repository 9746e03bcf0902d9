import { useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import { toast } from '../../ui/announce.tsx';
import { Form } from '../../ui/form.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { changeCampaign } from './calls.ts';
import { bodyOf, type CampaignDraft, draftOf, FIELD_IDS, problemsOf, wordsBodyOf } from './draft.ts';
import {
  BudgetFields,
  DateFields,
  type DraftFieldsProps,
  NameFields,
  PictureFields,
  PresetField,
  ShownFields,
  TypeField,
} from './draft-fields.tsx';
import type { PartProps } from './part.ts';
import { usePictureSending } from './picture-sending.ts';
import { PolicyFields, PolicyInWords } from './policy-fields.tsx';
import { t } from './texts.ts';
import { policyInWords, presetName } from './words.ts';

/** What decides about coins, people and dates: none of it changes once the campaign is over. */
function Rules({ campaign, begun, ...fields }: DraftFieldsProps & { campaign: CampaignView; begun: boolean }) {
  const { draft, form, change } = fields;
  return (
    <>
      <section class="card stack" aria-labelledby="policy-title">
        <h2 id="policy-title">{t('policy.title')}</h2>
        {begun && (
          <p class="soft">
            {t('settings.fixed', {
              preset: presetName(campaign.preset),
              count: campaign.coin_policy.initial_allocation,
            })}
          </p>
        )}
        <PolicyFields draft={draft} form={form} fixed={begun} onChange={(policy) => change({ policy })} />
        <ShownFields {...fields} />
      </section>
      <section class="card stack" aria-labelledby="kind-title">
        <h2 id="kind-title">{t('form.kind')}</h2>
        <TypeField {...fields} />
        {!begun && <PresetField {...fields} />}
        {draft.preset === 'budget' && <BudgetFields {...fields} />}
      </section>
      <section class="card stack" aria-labelledby="dates-title">
        <h2 id="dates-title">{t('form.dates')}</h2>
        <DateFields {...fields} begun={begun} />
      </section>
    </>
  );
}

/** Everything that was said when the campaign was made, as far as it can still be changed. */
export function Settings({ live, campaign }: PartProps) {
  const [draft, setDraft] = useState<CampaignDraft>(() => draftOf(campaign));
  const pictures = usePictureSending();
  const form = useSubmission('save-campaign', pictures.explain, FIELD_IDS);
  const change = (more: Partial<CampaignDraft>) => setDraft((before) => ({ ...before, ...more }));
  const fields: DraftFieldsProps = { draft, form, change };
  const begun = campaign.status !== 'draft';
  const over = campaign.status === 'completed' || campaign.status === 'archived';
  const save = () =>
    form.submit(problemsOf(draft, false), async () => {
      const sent = await pictures.send(campaign.campaign_id, draft);
      const body = { ...(over ? wordsBodyOf(draft) : bodyOf(draft, begun)), ...sent };
      const saved = await changeCampaign(campaign.campaign_id, body);
      live.campaign.value = saved;
      setDraft(draftOf(saved));
      toast(t('settings.saved'));
    });
  return (
    <Form class="stack console-page campaign-form" form={form} onSubmit={save} act={t('settings.save')}>
      <section class="card stack" aria-labelledby="about-title">
        <h2 id="about-title">{t('form.about')}</h2>
        <NameFields {...fields} isNew={false} />
        <PictureFields {...fields} />
      </section>
      {over ? (
        <section class="card stack" aria-labelledby="policy-title">
          <h2 id="policy-title">{t('policy.title')}</h2>
          <p class="soft">{t('settings.ended')}</p>
          <PolicyInWords sentences={policyInWords(campaign.coin_policy, campaign.preset === 'quadratic')} />
        </section>
      ) : (
        <Rules {...fields} campaign={campaign} begun={begun} />
      )}
    </Form>
  );
}
