import { useState } from 'preact/hooks';
import type { ElectionView } from '../../../protocol/elections.ts';
import { Button } from '../../ui/button.tsx';
import { Choices, Select } from '../../ui/choices.tsx';
import { methodName } from '../../ui/election-words.ts';
import { Field, type FieldError } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { type Submission, useSubmission } from '../../ui/submission.ts';
import { useGroups } from '../members/groups.tsx';
import { SimilarTitles } from '../search/similar-titles.tsx';
import { t } from '../texts.ts';
import { changesOf, type Draft, draftOf, EMPTY, electionOf, hasMost, hasSeats, METHODS, USUAL_MOST } from './draft.ts';
import { OptionsEditor } from './options-editor.tsx';
import { useRight } from './right.ts';
import { SaveTemplate, Templates } from './templates.tsx';

function isWhole(text: string, least: number): boolean {
  return /^[0-9]{1,7}$/.test(text.trim()) && Number(text) >= least;
}

function problemsOf(draft: Draft): readonly FieldError[] {
  const filled = draft.options.filter(({ title }) => title.trim() !== '').length;
  return [
    ...(draft.title.trim() === '' ? [{ field: 'title', text: t('form.titleMissing') }] : []),
    ...(draft.method !== 'motion' && filled < 2 ? [{ field: 'options', text: t('form.optionsMissing') }] : []),
    ...(hasSeats(draft.method) && !isWhole(draft.seats, 1) ? [{ field: 'seats', text: t('form.seatsWrong') }] : []),
    ...(hasMost(draft.method) && !isWhole(draft.most, 1) ? [{ field: 'most', text: t('form.numberWrong') }] : []),
    ...(draft.quorum.trim() !== '' && !isWhole(draft.quorum, 1)
      ? [{ field: 'quorum', text: t('form.numberWrong') }]
      : []),
    ...(draft.minutes.trim() !== '' && !(Number(draft.minutes) > 0)
      ? [{ field: 'minutes', text: t('form.minutesWrong') }]
      : []),
  ];
}

interface PartProps {
  readonly draft: Draft;
  /** what is other now; of the draft as it is at that moment, where it is asked for */
  readonly change: (more: Partial<Draft> | ((draft: Draft) => Partial<Draft>)) => void;
  readonly form: Submission;
}

function mostLabel(method: Draft['method']): string {
  if (method === 'choose') return t('form.marks');
  if (method === 'score') return t('form.bestScore');
  return method === 'points' ? t('form.points') : t('form.credits');
}

function MethodPart({ draft, change, form }: PartProps) {
  return (
    <>
      <Select
        id="method"
        label={t('form.method')}
        value={draft.method}
        options={METHODS.map((value) => ({ value, text: methodName(value) }))}
        onChange={(method) => change({ method, most: USUAL_MOST[method] })}
      />
      <div class="row fields-beside">
        {hasSeats(draft.method) && (
          <Field
            id="seats"
            label={t('form.seats')}
            inputMode="numeric"
            value={draft.seats}
            onInput={(seats) => change({ seats })}
            error={form.errorOf('seats')}
          />
        )}
        {hasMost(draft.method) && (
          <Field
            id="most"
            label={mostLabel(draft.method)}
            inputMode="numeric"
            value={draft.most}
            onInput={(most) => change({ most })}
            error={form.errorOf('most')}
          />
        )}
      </div>
      {draft.method !== 'motion' && (
        <OptionsEditor
          options={draft.options}
          error={form.errorOf('options')}
          onChange={(alter) => change(({ options }) => ({ options: alter(options) }))}
        />
      )}
    </>
  );
}

/** Which members may vote; nothing to choose where there are no groups. */
function GroupPart({ draft, change }: Omit<PartProps, 'form'>) {
  const { items = [] } = useGroups();
  if (items.length === 0) return null;
  return (
    <Select
      id="roll-group"
      label={t('form.group')}
      value={draft.group}
      options={[
        { value: '', text: t('form.groupAll') },
        ...items.map(({ group_id: value, name }) => ({ value, text: name })),
      ]}
      onChange={(group) => change({ group })}
    />
  );
}

function RulesPart({ draft, change, form }: PartProps) {
  const { ofOrganisation } = useRight();
  return (
    <details class="form-rules">
      <summary>{t('form.rules')}</summary>
      <div class="stack">
        <Select
          id="threshold"
          label={t('form.majority')}
          value={draft.threshold}
          options={[
            { value: '', text: t('form.majorityNone') },
            { value: 'absolute', text: t('threshold.absolute') },
            { value: 'two_thirds', text: t('threshold.twoThirds') },
            { value: 'three_quarters', text: t('threshold.threeQuarters') },
          ]}
          onChange={(threshold) => change({ threshold })}
        />
        {draft.threshold !== '' && (
          <Select
            id="base"
            label={t('form.base')}
            value={draft.base}
            options={[
              { value: 'valid', text: t('form.baseValid') },
              { value: 'with_abstentions', text: t('form.baseAbstentions') },
              { value: 'present', text: t('form.basePresent') },
              { value: 'roll', text: t('form.baseRoll') },
            ]}
            onChange={(base) => change({ base })}
          />
        )}
        <Field
          id="quorum"
          label={t('form.quorum')}
          hint={t('form.quorumHint')}
          inputMode="numeric"
          value={draft.quorum}
          onInput={(quorum) => change({ quorum })}
          error={form.errorOf('quorum')}
        />
        <Field
          id="minutes"
          label={t('form.minutes')}
          hint={t('form.minutesHint')}
          inputMode="decimal"
          value={draft.minutes}
          onInput={(minutes) => change({ minutes })}
          error={form.errorOf('minutes')}
        />
        <Choices
          name="secrecy"
          legend={t('form.secrecy')}
          value={draft.secrecy}
          options={[
            { value: 'secret', text: t('secrecy.secret'), hint: t('secrecy.secretHint') },
            { value: 'named', text: t('secrecy.named'), hint: t('secrecy.namedHint') },
          ]}
          onChange={(secrecy) => change({ secrecy })}
        />
        <Choices
          name="visibility"
          legend={t('form.visibility')}
          value={draft.visibility}
          options={[
            { value: 'live', text: t('visibility.live') },
            { value: 'count', text: t('visibility.count') },
            { value: 'hidden', text: t('visibility.hidden') },
          ]}
          onChange={(visibility) => change({ visibility })}
        />
        <Choices
          name="roll"
          legend={t('form.roll')}
          value={draft.roll}
          options={[
            { value: 'meeting', text: t('roll.meeting') },
            { value: 'members', text: t('roll.members') },
            // links to vote with are made with a role of the organisation
            ...(ofOrganisation || draft.roll === 'tokens'
              ? [{ value: 'tokens', text: t('roll.tokens') } as const]
              : []),
          ]}
          onChange={(roll) => change({ roll })}
        />
        {ofOrganisation && draft.roll === 'members' && <GroupPart draft={draft} change={change} />}
      </div>
    </details>
  );
}

/** What the gateway calls the fields of this form. */
const FIELDS = {
  'method.settings.seats': 'seats',
  'method.settings.max': 'most',
  'method.settings.total': 'most',
  'method.settings.credits': 'most',
  'rules.majority': 'threshold',
  'rules.majority.base': 'base',
  'rules.quorum.number': 'quorum',
  roll_group_id: 'roll-group',
  duration_seconds: 'minutes',
};

/** A vote as a form, a new one or a draft: the question and the method first, the rest has a sensible beginning. */
export function ElectionForm(props: {
  readonly meetingId: string;
  /** the draft to be changed; undefined: a new one */
  readonly election: ElectionView | undefined;
  readonly onMade: (election: ElectionView) => void;
  readonly onCancel: () => void;
}) {
  const { meetingId, election, onMade, onCancel } = props;
  const [draft, setDraft] = useState<Draft>(() => (election === undefined ? EMPTY : draftOf(election)));
  const { http, ofOrganisation } = useRight();
  const form = useSubmission('create-election', undefined, FIELDS);
  const change: PartProps['change'] = (more) =>
    setDraft((before) => ({ ...before, ...(typeof more === 'function' ? more(before) : more) }));
  const send = () =>
    election === undefined
      ? http.createElection(electionOf(draft, meetingId))
      : http.call<ElectionView>({
          method: 'PATCH',
          path: `/v1/elections/${election.election_id}`,
          body: changesOf(draft),
        });
  const save = () => form.submit(problemsOf(draft), async () => onMade(await send()));
  const parts = { draft, change, form };
  return (
    <Form
      class="stack election-form"
      form={form}
      onSubmit={save}
      head={<h2>{election === undefined ? t('form.title') : t('form.editTitle')}</h2>}
      act={election === undefined ? t('form.create') : t('form.save')}
      beside={
        <>
          <Button onClick={onCancel}>{t('form.cancel')}</Button>
          {ofOrganisation && <SaveTemplate draft={draft} />}
        </>
      }
    >
      {election === undefined && <Templates onChoose={setDraft} />}
      <Field
        id="title"
        label={t('form.question')}
        hint={t('form.questionHint')}
        value={draft.title}
        onInput={(title) => change({ title })}
        error={form.errorOf('title')}
        maxLength={500}
        required
      />
      {ofOrganisation && election === undefined && <SimilarTitles title={draft.title} />}
      <Field
        id="description"
        label={t('form.description')}
        value={draft.description}
        onInput={(description) => change({ description })}
        lines={3}
        maxLength={5_000}
      />
      <MethodPart {...parts} />
      <RulesPart {...parts} />
    </Form>
  );
}
