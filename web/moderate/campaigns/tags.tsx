import { useEffect, useState } from 'preact/hooks';
import type { PsephosError } from '../../../client/index.ts';
import type { TagView } from '../../../protocol/campaigns.ts';
import { api } from '../../ui/account-session.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary, Field, type FieldError } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { loadRefusalWords, refusalText } from '../../ui/refusal-words.ts';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { pathOf, readTags } from './calls.ts';
import { TagDot } from './marks.tsx';
import { useNews } from './news.ts';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';

/** The palette of options, by the names that people give them. */
const COLOURS: readonly (readonly [string, () => string])[] = [
  ['#0069a6', () => t('colour.blue')],
  ['#b84a00', () => t('colour.orange')],
  ['#007a57', () => t('colour.green')],
  ['#a8437f', () => t('colour.pink')],
  ['#866000', () => t('colour.gold')],
  ['#3d4fb5', () => t('colour.indigo')],
  ['#5f6b00', () => t('colour.olive')],
  ['#55504a', () => t('colour.grey')],
];

function ColourField({ value, onChange }: { readonly value: string; readonly onChange: (colour: string) => void }) {
  return (
    <fieldset class="choices choices-beside" id="tag-color" tabIndex={-1}>
      <legend>{t('tags.colour')}</legend>
      {COLOURS.map(([colour, name]) => (
        <label class="choice colour-choice" key={colour}>
          <input type="radio" name="tag-colour" checked={colour === value} onChange={() => onChange(colour)} />
          <TagDot color={colour} />
          <span>{name()}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A name that is taken, at its field. */
function explain({ details }: PsephosError): readonly FieldError[] | undefined {
  return details.reason === 'tag_taken' ? [{ field: 'tag-name', text: t('tags.taken') }] : undefined;
}

function NewTag({ campaign, used, onMade }: { campaign: string; used: number; onMade: () => void }) {
  const next = COLOURS[used % COLOURS.length]?.[0] ?? '#0069a6';
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [colour, setColour] = useState<string>();
  const ids = { name: 'tag-name', description: 'tag-description', color: 'tag-color' };
  const form = useSubmission('new-tag', explain, ids);
  const problems = name.trim() === '' ? [{ field: 'tag-name', text: t('tags.nameMissing') }] : [];
  const make = () =>
    form.submit(problems, async () => {
      const words = description.trim();
      const body = { name: name.trim(), color: colour ?? next, ...(words === '' ? {} : { description: words }) };
      await api.call({ method: 'POST', path: pathOf(campaign, 'tags'), body, creates: true });
      setName('');
      setDescription('');
      setColour(undefined);
      toast(t('tags.made'));
      onMade();
    });
  return (
    <Form class="card stack" form={form} onSubmit={make} head={<h2>{t('tags.new')}</h2>} act={t('tags.make')}>
      <Field
        id="tag-name"
        label={t('tags.name')}
        value={name}
        onInput={setName}
        error={form.errorOf('tag-name')}
        maxLength={100}
      />
      <Field
        id="tag-description"
        label={t('tags.description')}
        value={description}
        onInput={setDescription}
        error={form.errorOf('tag-description')}
        maxLength={1_000}
      />
      <ColourField value={colour ?? next} onChange={setColour} />
    </Form>
  );
}

function Row({ tag, campaign, onGone }: { tag: TagView; campaign: string; onGone: () => void }) {
  const [asking, setAsking] = useState(false);
  const anchor = `tag-${tag.id}`;
  const form = useSubmission(anchor);
  const remove = async () => {
    const path = pathOf(campaign, `tags/${tag.id}`);
    const done = await form.submit([], () => api.call({ method: 'DELETE', path }));
    setAsking(false);
    if (done) onGone();
  };
  return (
    <li class="list-row" id={anchor} tabIndex={-1}>
      <span>
        <span class="tag-mark">
          <TagDot color={tag.color} />
          <strong>{tag.name}</strong>
        </span>
        <span class="soft small block">
          {tag.description !== null && tag.description !== '' && `${tag.description} · `}
          {t('tags.ideas', { count: tag.ideas })}
        </span>
      </span>
      <Button kind="quiet" label={t('tags.deleteOne', { name: tag.name })} onClick={() => setAsking(true)}>
        {t('tags.delete')}
      </Button>
      <ErrorSummary errors={form.errors} />
      <ConfirmDialog
        open={asking}
        title={t('tags.deleteSure', { name: tag.name })}
        confirm={t('tags.delete')}
        signal
        busy={form.busy}
        onClose={() => setAsking(false)}
        onConfirm={() => void remove()}
      >
        <p>{t('tags.deleteText', { count: tag.ideas })}</p>
      </ConfirmDialog>
    </li>
  );
}

/** What ideas can be sorted by, each tag with a colour. */
export function Tags({ live, campaign }: PartProps) {
  const { campaign_id: name } = campaign;
  const [tags, setTags] = useState<readonly TagView[]>();
  const [problem, setProblem] = useState('');
  const news = useNews(live, 'campaign.tags');
  const read = () =>
    readTags(name).then(setTags, async (error: unknown) => {
      await loadRefusalWords();
      setProblem(refusalText(error));
    });
  useEffect(() => void read(), [name, news]);
  return (
    <div class="campaign-columns">
      <section class="card stack" aria-labelledby="tags-title">
        <h2 id="tags-title">{t('tags.title')}</h2>
        {problem !== '' && <p role="alert">{problem}</p>}
        {tags === undefined && problem === '' && <Skeleton />}
        {tags?.length === 0 && <p class="soft">{t('tags.none')}</p>}
        <ul class="plain-list">
          {tags?.map((tag) => (
            <Row key={tag.id} tag={tag} campaign={name} onGone={() => void read()} />
          ))}
        </ul>
      </section>
      {campaign.status !== 'archived' && <NewTag campaign={name} used={tags?.length ?? 0} onMade={() => void read()} />}
    </div>
  );
}
