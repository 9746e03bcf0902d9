import { useRef, useState } from 'preact/hooks';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import { navigate } from '../../ui/router.ts';
import { useSubmission } from '../../ui/submission.ts';
import { changeCampaign, createCampaign } from './calls.ts';
import { type CampaignDraft, EMPTY, FIELD_IDS, newBodyOf, problemsOf } from './draft.ts';
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
import { usePictureSending } from './picture-sending.ts';
import { PolicyFields } from './policy-fields.tsx';
import { t } from './texts.ts';

/** A new campaign as a form; it is a draft until somebody starts it. */
export function NewCampaign({ onCancel }: { readonly onCancel: () => void }) {
  const [draft, setDraft] = useState<CampaignDraft>(EMPTY);
  const made = useRef<CampaignView | undefined>(undefined);
  const pictures = usePictureSending();
  const form = useSubmission('create-campaign', pictures.explain, FIELD_IDS);
  const change = (more: Partial<CampaignDraft>) => setDraft((before) => ({ ...before, ...more }));
  const fields: DraftFieldsProps = { draft, form, change };
  const create = () =>
    form.submit(problemsOf(draft, true), async () => {
      // it may be there already, and only a picture was refused
      made.current ??= await createCampaign(newBodyOf(draft));
      const { campaign_id: name } = made.current;
      const sent = await pictures.send(name, draft);
      if (Object.keys(sent).length > 0) await changeCampaign(name, sent);
      navigate(`/moderate/campaigns/${name}`);
    });
  return (
    <Form
      class="stack console-page campaign-form"
      form={form}
      onSubmit={create}
      head={
        <>
          <h1>{t('form.new')}</h1>
          <p class="soft">{t('form.newText')}</p>
        </>
      }
      act={t('form.create')}
      beside={<Button onClick={onCancel}>{t('form.cancel')}</Button>}
    >
      <section class="card stack" aria-label={t('form.about')}>
        <NameFields {...fields} isNew />
      </section>
      <section class="card stack" aria-label={t('form.kind')}>
        <TypeField {...fields} />
        <PresetField {...fields} />
        {draft.preset === 'budget' && <BudgetFields {...fields} />}
      </section>
      <section class="card stack" aria-labelledby="policy-title">
        <h2 id="policy-title">{t('policy.title')}</h2>
        <PolicyFields draft={draft} form={form} onChange={(policy) => change({ policy })} />
        <ShownFields {...fields} />
      </section>
      <section class="card stack" aria-labelledby="dates-title">
        <h2 id="dates-title">{t('form.dates')}</h2>
        <DateFields {...fields} />
      </section>
      <section class="card stack" aria-labelledby="pictures-title">
        <h2 id="pictures-title">{t('form.pictures')}</h2>
        <PictureFields {...fields} />
      </section>
    </Form>
  );
}
