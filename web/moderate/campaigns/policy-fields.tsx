import { Choices } from '../../ui/choices.tsx';
import { Field } from '../../ui/field.tsx';
import type { Submission } from '../../ui/submission.ts';
import { momentOf } from '../run/moments.ts';
import type { CampaignDraft, PolicyDraft } from './draft.ts';
import { t } from './texts.ts';
import { policyInWords } from './words.ts';

/** The policy in plain sentences, as participants are told. */
export function PolicyInWords({ sentences }: { readonly sentences: readonly string[] }) {
  return (
    <ul class="policy-words">
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

function count(text: string): number {
  return /^[0-9]{1,7}$/.test(text.trim()) ? Number(text) : 0;
}

function sentencesOf({ policy, preset }: CampaignDraft): readonly string[] {
  return policyInWords(
    {
      initial_allocation: count(policy.initial),
      idea_submission_reward: count(policy.reward),
      allow_reallocation: policy.reallocation,
      allow_recycling: policy.recycling,
      coin_expiry: policy.expiry,
      coins_expire_at: momentOf(policy.expiresAt),
    },
    preset === 'quadratic',
  );
}

/** The coin policy, and what it means. @param fixed coins are in play: how many everyone gets stays. */
export function PolicyFields(props: {
  readonly draft: CampaignDraft;
  readonly form: Submission;
  readonly fixed?: boolean;
  readonly onChange: (policy: PolicyDraft) => void;
}) {
  const { draft, form, fixed = false, onChange } = props;
  const { policy } = draft;
  const change = (more: Partial<PolicyDraft>) => onChange({ ...policy, ...more });
  const tick = (checked: boolean, set: (on: boolean) => void, text: string) => (
    <label class="choice">
      <input type="checkbox" checked={checked} onChange={(event) => set(event.currentTarget.checked)} />
      <span>{text}</span>
    </label>
  );
  return (
    <>
      <div class="row fields-beside">
        {!fixed && (
          <Field
            id="initial"
            label={t('policy.initial')}
            hint={t('policy.initialHint')}
            inputMode="numeric"
            value={policy.initial}
            onInput={(initial) => change({ initial })}
            error={form.errorOf('initial')}
            maxLength={7}
          />
        )}
        <Field
          id="reward"
          label={t('policy.reward')}
          hint={t('policy.rewardHint')}
          inputMode="numeric"
          value={policy.reward}
          onInput={(reward) => change({ reward })}
          error={form.errorOf('reward')}
          maxLength={7}
        />
      </div>
      <fieldset class="choices">
        <legend>{t('policy.moving')}</legend>
        {tick(policy.reallocation, (reallocation) => change({ reallocation }), t('policy.reallocation'))}
        {tick(policy.recycling, (recycling) => change({ recycling }), t('policy.recycling'))}
      </fieldset>
      <Choices
        name="expiry"
        legend={t('policy.expiry')}
        value={policy.expiry}
        options={[
          { value: 'never', text: t('policy.never') },
          { value: 'at_end', text: t('policy.atEnd') },
          { value: 'at', text: t('policy.at') },
        ]}
        onChange={(expiry) => change({ expiry })}
      />
      {policy.expiry === 'at' && (
        <Field
          id="expires-at"
          type="datetime-local"
          label={t('policy.expiresAt')}
          value={policy.expiresAt}
          onInput={(expiresAt) => change({ expiresAt })}
          error={form.errorOf('expires-at')}
        />
      )}
      <div class="policy-preview" aria-live="polite">
        <p class="soft small">{t('policy.preview')}</p>
        <PolicyInWords sentences={sentencesOf(draft)} />
      </div>
    </>
  );
}
