import { Choices, Select } from '../../ui/choices.tsx';
import { Field } from '../../ui/field.tsx';
import type { Submission } from '../../ui/submission.ts';
import { type CampaignDraft, suggestedName } from './draft.ts';
import { PictureField } from './picture-field.tsx';
import { t } from './texts.ts';
import { presetName, ruleName, typeName } from './words.ts';

export interface DraftFieldsProps {
  readonly draft: CampaignDraft;
  readonly form: Submission;
  readonly change: (more: Partial<CampaignDraft>) => void;
}

/** What it is called and what it is about. @param isNew its public name can still be chosen */
export function NameFields({ draft, form, change, isNew }: DraftFieldsProps & { readonly isNew: boolean }) {
  return (
    <>
      <Field
        id="title"
        label={t('form.title')}
        value={draft.title}
        onInput={(title) => change({ title })}
        error={form.errorOf('title')}
        maxLength={255}
        required
      />
      {isNew && (
        <Field
          id="campaign-id"
          label={t('form.name')}
          hint={t('form.nameHint', { host: location.host })}
          value={draft.publicName ?? suggestedName(draft.title)}
          onInput={(publicName) => change({ publicName: publicName === '' ? undefined : publicName })}
          error={form.errorOf('campaign-id')}
          maxLength={100}
          spellcheck={false}
        />
      )}
      <Field
        id="description"
        label={t('form.description')}
        hint={t('form.descriptionHint')}
        value={draft.description}
        onInput={(description) => change({ description })}
        error={form.errorOf('description')}
        lines={4}
        maxLength={20_000}
      />
    </>
  );
}

export function TypeField({ draft, change }: DraftFieldsProps) {
  return (
    <Choices
      name="type"
      legend={t('form.type')}
      value={draft.type}
      options={[
        { value: 'open', text: typeName('open'), hint: t('type.openHint') },
        { value: 'mediated', text: typeName('mediated'), hint: t('type.mediatedHint') },
        { value: 'closed', text: typeName('closed'), hint: t('type.closedHint') },
      ]}
      onChange={(type) => change({ type })}
    />
  );
}

/** Which kind of campaign it is; stays once it has begun. */
export function PresetField({ draft, change }: DraftFieldsProps) {
  return (
    <Choices
      name="preset"
      legend={t('form.preset')}
      value={draft.preset}
      options={[
        { value: 'ideas', text: presetName('ideas'), hint: t('preset.ideasHint') },
        { value: 'budget', text: presetName('budget'), hint: t('preset.budgetHint') },
        { value: 'priority', text: presetName('priority'), hint: t('preset.priorityHint') },
        { value: 'quadratic', text: presetName('quadratic'), hint: t('preset.quadraticHint') },
      ]}
      onChange={(preset) => change({ preset })}
    />
  );
}

export function BudgetFields({ draft, form, change }: DraftFieldsProps) {
  const hints = {
    greedy: t('rule.greedyHint'),
    equal_shares: t('rule.equalSharesHint'),
    equal_shares_add1: t('rule.equalSharesAdd1Hint'),
  };
  return (
    <>
      <div class="row fields-beside">
        <Field
          id="budget"
          label={t('form.budget')}
          inputMode="numeric"
          value={draft.budget}
          onInput={(budget) => change({ budget })}
          error={form.errorOf('budget')}
          maxLength={20}
        />
        <Select
          id="rule"
          label={t('form.rule')}
          value={draft.rule}
          options={(['equal_shares', 'equal_shares_add1', 'greedy'] as const).map((value) => ({
            value,
            text: ruleName(value),
          }))}
          onChange={(rule) => change({ rule })}
        />
      </div>
      <p class="soft small">{hints[draft.rule]}</p>
    </>
  );
}

/** @param begun it has started: only its end can still be moved */
export function DateFields({ draft, form, change, begun = false }: DraftFieldsProps & { readonly begun?: boolean }) {
  return (
    <div class="row fields-beside">
      {!begun && (
        <Field
          id="start-date"
          type="datetime-local"
          label={t('form.startDate')}
          hint={t('form.startDateHint')}
          value={draft.startDate}
          onInput={(startDate) => change({ startDate })}
          error={form.errorOf('start-date')}
        />
      )}
      <Field
        id="end-date"
        type="datetime-local"
        label={t('form.endDate')}
        hint={t('form.endDateHint')}
        value={draft.endDate}
        onInput={(endDate) => change({ endDate })}
        error={form.errorOf('end-date')}
      />
    </div>
  );
}

/** What others see: nobody the totals before the end, and everybody the ideas on other pages. */
export function ShownFields({ draft, change }: DraftFieldsProps) {
  const tick = (checked: boolean, set: (on: boolean) => void, text: string, hint: string) => (
    <label class="choice">
      <input type="checkbox" checked={checked} onChange={(event) => set(event.currentTarget.checked)} />
      <span>
        {text}
        <span class="soft small block">{hint}</span>
      </span>
    </label>
  );
  return (
    <fieldset class="choices">
      <legend>{t('form.shown')}</legend>
      {tick(draft.hideTotals, (hideTotals) => change({ hideTotals }), t('form.hideTotals'), t('form.hideTotalsHint'))}
      {tick(draft.embeddable, (embeddable) => change({ embeddable }), t('form.embeddable'), t('form.embeddableHint'))}
    </fieldset>
  );
}

export function PictureFields({ draft, form, change }: DraftFieldsProps) {
  return (
    <div class="campaign-pictures">
      <PictureField
        id="banner"
        label={t('form.banner')}
        hint={t('form.bannerHint')}
        picture={draft.banner}
        error={form.errorOf('banner')}
        onChange={(banner) => change({ banner })}
      />
      <PictureField
        id="icon"
        label={t('form.icon')}
        hint={t('form.iconHint')}
        picture={draft.icon}
        error={form.errorOf('icon')}
        onChange={(icon) => change({ icon })}
      />
    </div>
  );
}
