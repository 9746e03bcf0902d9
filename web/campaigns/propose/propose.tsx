import { useEffect, useRef, useState } from 'preact/hooks';
import type { PsephosError } from '../../../client/index.ts';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { api, membership } from '../../ui/account-session.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { Ticks } from '../../ui/choices.tsx';
import { Field, type FieldError } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PageTitle } from '../../ui/page-title.tsx';
import { followLink, navigate } from '../../ui/router.ts';
import { type Submission, useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { useTags } from '../board/filters.tsx';
import { Joining } from '../joining.tsx';
import type { WatchedCampaign } from '../live/watched.ts';
import { PageNote } from '../page-note.tsx';
import { t } from '../texts.ts';
import { contextOf, type ProposalContext } from './context.ts';
import { type Draft, useDraft } from './draft.ts';
import { type SimilarIdea, SimilarIdeas, SimilarList } from './similar-ideas.tsx';

/** As the gateway has them (protocol/campaigns.ts), which no page loads. */
const TITLE_MAX = 255;
const DESCRIPTION_MAX = 20_000;
const TAGS_MAX = 10;

function problemsOf({ title, cost, tags }: Draft): readonly FieldError[] {
  const problems: FieldError[] = [];
  if (title.trim() === '') problems.push({ field: 'title', text: t('propose.titleMissing') });
  if (tags.length > TAGS_MAX) problems.push({ field: 'tags', text: t('propose.tagsTooMany', { max: TAGS_MAX }) });
  if (cost.trim() !== '' && !/^[1-9][0-9]*$/.test(cost.trim())) {
    problems.push({ field: 'cost', text: t('propose.costWrong') });
  }
  return problems;
}

function bodyOf(draft: Draft, { contextId, source }: ProposalContext, confirmed: boolean) {
  const cost = draft.cost.trim();
  return {
    title: draft.title.trim(),
    description: draft.description.trim(),
    tags: draft.tags,
    ...(cost === '' ? {} : { cost: Number(cost) }),
    ...(contextId === undefined ? {} : { context_id: contextId }),
    ...(source === undefined ? {} : { permalink_source: source }),
    ...(confirmed ? { confirm_not_duplicate: true } : {}),
  };
}

/** What IDEA_002 names; nothing where it names none. */
function duplicatesOf({ details }: PsephosError): readonly SimilarIdea[] {
  const named = details.similar ?? details.ideas ?? details.items;
  return Array.isArray(named) ? (named as readonly SimilarIdea[]) : [];
}

/** There is an idea like it already: look at it, give it coins, or say that this is another one. */
function Duplicates(props: {
  readonly items: readonly SimilarIdea[];
  readonly name: string;
  readonly busy: boolean;
  readonly onConfirm: () => void;
}) {
  const { items, name, busy, onConfirm } = props;
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), []); // the button that sent it is at the other end of the form
  return (
    <section ref={box} tabIndex={-1} class="card duplicates stack" aria-labelledby="duplicates-title">
      <h2 id="duplicates-title">{t('duplicates.title')}</h2>
      <p>{t('duplicates.text')}</p>
      <SimilarList items={items} name={name} />
      <div class="row">
        <Button busy={busy} onClick={onConfirm}>
          {t('duplicates.confirm')}
        </Button>
      </div>
    </section>
  );
}

function Context({ contextId, source }: ProposalContext) {
  if (contextId === undefined && source === undefined) return null;
  return (
    <p class="card note-calm context">
      <Icon name="forward" mirrored />
      <span>
        {contextId === undefined
          ? t('context.from', { source: source ?? '' })
          : source === undefined
            ? t('context.about', { context: contextId })
            : t('context.aboutAt', { context: contextId, source })}
      </span>
    </p>
  );
}

/** The fields of an idea; the ideas like it stand right below its title. */
function DraftFields(props: {
  readonly campaign: CampaignView;
  readonly draft: Draft;
  readonly form: Submission;
  readonly showsSimilar: boolean;
  readonly onChange: (change: Partial<Draft>) => void;
}) {
  const { campaign, draft, form, showsSimilar, onChange } = props;
  const tags = useTags(campaign);
  return (
    <>
      <Field
        id="title"
        label={t('propose.title')}
        hint={t('propose.titleHint')}
        value={draft.title}
        onInput={(title) => onChange({ title })}
        wraps
        maxLength={TITLE_MAX}
        error={form.errorOf('title')}
      />
      {showsSimilar && <SimilarIdeas campaignId={campaign.id} name={campaign.campaign_id} title={draft.title} />}
      <Field
        id="description"
        label={t('propose.description')}
        hint={t('propose.descriptionHint')}
        value={draft.description}
        onInput={(description) => onChange({ description })}
        lines={6}
        maxLength={DESCRIPTION_MAX}
        error={form.errorOf('description')}
      />
      {campaign.preset === 'budget' && (
        <Field
          id="cost"
          label={t('propose.cost')}
          hint={t('propose.costHint')}
          value={draft.cost}
          onInput={(cost) => onChange({ cost })}
          inputMode="numeric"
          maxLength={13}
          error={form.errorOf('cost')}
        />
      )}
      {tags.length > 0 && (
        <Ticks
          id="tags"
          legend={t('tags.title')}
          layout="columns"
          chosen={draft.tags}
          options={tags.map(({ id, name, description }) => ({
            value: id,
            text: name,
            ...(description === null ? {} : { hint: description }),
          }))}
          onChange={(chosen) => onChange({ tags: chosen })}
          error={form.errorOf('tags')}
        />
      )}
    </>
  );
}

function Submitting({ campaign }: { readonly campaign: CampaignView }) {
  const [context] = useState(() => contextOf(location.search));
  const { contextId, source } = context;
  const about = [membership.value?.member_id, campaign.id, contextId ?? ''].join('.');
  const [draft, change, forget] = useDraft(about);
  const [duplicates, setDuplicates] = useState<readonly SimilarIdea[]>();
  const form = useSubmission(
    'send-idea',
    (error) => {
      if (error.code !== 'IDEA_002') return undefined;
      setDuplicates(duplicatesOf(error));
      return [];
    },
    { tags: 'tags' },
  );
  const home = `/campaigns/${campaign.campaign_id}`;
  const send = (confirmed: boolean) =>
    form.submit(problemsOf(draft), async () => {
      setDuplicates(undefined);
      const path = `/v1/campaigns/${campaign.id}/ideas`;
      const body = bodyOf(draft, context, confirmed);
      const idea = await api.call<IdeaView>({ method: 'POST', path, body, creates: true });
      forget();
      toast(idea.status === 'pending' ? t('propose.waiting') : t('propose.done'));
      navigate(`${home}/ideas/${idea.id}`, { replace: true });
    });
  return (
    <Form
      form={form}
      onSubmit={() => send(false)}
      act={t('propose.send')}
      wide
      foot={<p class="soft small">{t('propose.kept')}</p>}
    >
      <Context contextId={contextId} source={source} />
      {duplicates !== undefined && (
        <Duplicates items={duplicates} name={campaign.campaign_id} busy={form.busy} onConfirm={() => void send(true)} />
      )}
      <DraftFields
        campaign={campaign}
        draft={draft}
        form={form}
        showsSimilar={duplicates === undefined}
        onChange={(changed) => {
          if (changed.title !== undefined) setDuplicates(undefined);
          change(changed);
        }}
      />
    </Form>
  );
}

/** A new idea: whoever has joined writes it; others join first, and come on here. */
export function Propose({ watched }: { readonly watched: WatchedCampaign }) {
  const { live } = watched;
  const campaign = live.campaign.value;
  if (campaign === undefined) return <Skeleton lines={5} />;
  const home = `/campaigns/${campaign.campaign_id}`;
  const isOver = campaign.status === 'completed' || campaign.status === 'archived';
  if (isOver) {
    return (
      <PageNote title={t('propose.overTitle')} text={t('propose.overText')}>
        <a class="button button-primary" href={home} onClick={followLink}>
          {t('propose.toCampaign')}
        </a>
      </PageNote>
    );
  }
  return (
    <div class="campaign propose stack">
      <p class="back">
        <a href={home} onClick={followLink}>
          <Icon name="back" mirrored /> {campaign.title}
        </a>
      </p>
      <PageTitle screen="propose" text={t('propose.open')} />
      {campaign.membership?.state === 'joined' ? (
        <Submitting campaign={campaign} />
      ) : (
        <>
          <p>{t('propose.joinFirst')}</p>
          <Context {...contextOf(location.search)} />
          <Joining live={live} campaign={campaign} />
        </>
      )}
    </div>
  );
}
