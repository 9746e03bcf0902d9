import { useEffect, useRef, useState } from 'preact/hooks';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import { formatMoment, formatNumber } from '../../ui/i18n.ts';
import { usePaged } from '../../ui/paged.ts';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { AlikeIdeas, IdeaWords, isOpen, useAlike } from './alike.tsx';
import { decideIdea, pathOf, type SimilarIdea } from './calls.ts';
import { useNews } from './news.ts';
import type { PartProps } from './part.ts';
import { RejectDialog } from './reject-dialog.tsx';
import { t } from './texts.ts';

interface Waiting {
  /** the one at hand; undefined where none waits */
  readonly idea: IdeaView | undefined;
  /** its place, from 0 */
  readonly at: number;
  readonly count: number;
  /** undefined until the queue is here */
  readonly loaded: boolean;
  readonly problem: string;
  readonly move: (by: 1 | -1) => void;
  /** it is decided: the next one comes */
  readonly leave: (idea: IdeaView) => void;
  readonly reload: () => Promise<void>;
}

/** Ideas that wait, the one that has waited longest first; what comes in meanwhile joins at the end. */
function useWaiting({ live, campaign }: PartProps): Waiting {
  const list = usePaged<IdeaView>(pathOf(campaign.campaign_id, 'ideas'), { status: 'pending', limit: '100' });
  const news = useNews(live, 'idea.');
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [id, setId] = useState('');
  useEffect(() => {
    if (news > 0) void list.reload();
  }, [news]);
  const ideas = (list.items ?? []).filter((idea) => !left.has(idea.id)).reverse();
  const found = ideas.findIndex((idea) => idea.id === id);
  const at = Math.max(0, found);
  return {
    idea: ideas[at],
    at,
    count: ideas.length,
    loaded: list.items !== undefined,
    problem: list.problem,
    move: (by) => setId(ideas[at + by]?.id ?? id),
    leave: (idea) => {
      const next = ideas[at + 1] ?? ideas[at - 1];
      setLeft((before) => new Set(before).add(idea.id));
      setId(next?.id ?? '');
    },
    reload: list.reload,
  };
}

type Asking = 'reject' | 'merge' | undefined;

const KEYS: readonly (readonly [string, () => string])[] = [
  ['A', () => t('queue.approve')],
  ['R', () => t('queue.reject')],
  ['M', () => t('queue.merge')],
  ['J', () => t('queue.next')],
  ['K', () => t('queue.back')],
];

/** Keys work while the focus is on the idea, never while something is typed. */
function keyOf(event: KeyboardEvent): string | undefined {
  const typing = (event.target as HTMLElement).closest('input, textarea, select, dialog') !== null;
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  return event.key.toLowerCase();
}

function KeyLegend() {
  return (
    <p class="soft small queue-keys">
      {t('queue.keys')}{' '}
      {KEYS.map(([key, name]) => (
        <span key={key}>
          <kbd>{key}</kbd> {name()}
        </span>
      ))}
    </p>
  );
}

interface DecideProps {
  readonly waiting: Waiting;
  readonly busy: boolean;
  readonly mayMerge: boolean;
  readonly onApprove: () => void;
  readonly onAsk: (asking: Asking) => void;
}

function Decisions({ waiting, busy, mayMerge, onApprove, onAsk }: DecideProps) {
  return (
    <>
      <div class="row queue-acts">
        <Button id="approve" kind="primary" icon="check" busy={busy} onClick={onApprove}>
          {t('queue.approve')}
        </Button>
        <Button icon="cross" onClick={() => onAsk('reject')}>
          {t('queue.reject')}
        </Button>
        <Button disabled={!mayMerge} onClick={() => onAsk('merge')}>
          {t('queue.merge')}
        </Button>
      </div>
      {waiting.count > 1 && (
        <div class="row queue-moves">
          {waiting.at > 0 && (
            <Button kind="quiet" onClick={() => waiting.move(-1)}>
              {t('queue.back')}
            </Button>
          )}
          {waiting.at + 1 < waiting.count && (
            <Button kind="quiet" onClick={() => waiting.move(1)}>
              {t('queue.next')}
            </Button>
          )}
        </div>
      )}
      <KeyLegend />
    </>
  );
}

/** The idea itself; the focus comes to its title with each that appears, and keys work from there. */
function Words({
  waiting,
  idea,
  budget,
}: {
  readonly waiting: Waiting;
  readonly idea: IdeaView;
  readonly budget: boolean;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [idea.id]);
  return (
    <>
      <p class="soft small figures">{t('queue.place', { n: formatNumber(waiting.at + 1), count: waiting.count })}</p>
      <h2 id="queue-idea" class="queue-title" ref={heading} tabIndex={-1}>
        {idea.title}
      </h2>
      <p class="soft small">
        {t('queue.by', { name: idea.submitter_name, moment: formatMoment(idea.submitted_at) })}
        {idea.permalink_source !== null && ` · ${t('queue.from', { source: idea.permalink_source })}`}
      </p>
      <IdeaWords idea={idea} budget={budget} />
    </>
  );
}

/** One idea at a time, beside what is like it: approve, reject with a reason, or merge. The next one comes by itself. */
function AtHand(props: PartProps & { readonly waiting: Waiting; readonly idea: IdeaView }) {
  const { live, campaign, waiting, idea } = props;
  const [asking, setAsking] = useState<Asking>();
  const alike = useAlike(campaign.campaign_id, idea);
  const form = useSubmission('approve');
  const target = alike.chosen !== undefined && isOpen(alike.chosen) ? alike.chosen : undefined;
  const isBudget = campaign.preset === 'budget';
  const close = () => setAsking(undefined);
  const decided = (words: string) => {
    close();
    toast(words);
    waiting.leave(idea);
    void live.reread().catch(() => {}); // its counts; an event brings them too
  };
  const decide = async (work: () => Promise<unknown>, words: string) => {
    if (await form.submit([], work)) return decided(words);
    close();
    await waiting.reload(); // somebody else may have decided it meanwhile
  };
  const approve = () => decide(() => decideIdea(idea.id, 'approve'), t('queue.approved', { title: idea.title }));
  const merge = (into: SimilarIdea) =>
    decide(
      () => decideIdea(idea.id, 'merge', { merge_into: into.id }),
      t('merge.done', { title: idea.title, into: into.title }),
    );
  const keys: Readonly<Record<string, () => unknown>> = {
    a: approve,
    r: () => setAsking('reject'),
    m: () => target !== undefined && setAsking('merge'),
    j: () => waiting.move(1),
    k: () => waiting.move(-1),
  };
  const onKey = (event: KeyboardEvent) => {
    const act = keys[keyOf(event) ?? ''];
    if (form.busy || act === undefined) return;
    event.preventDefault();
    void act();
  };
  return (
    <section class="queue" aria-label={t('queue.title')} onKeyDown={onKey}>
      <article class="card stack queue-idea" aria-labelledby="queue-idea">
        <Words waiting={waiting} idea={idea} budget={isBudget} />
        <ErrorSummary errors={form.errors} />
        <Decisions
          waiting={waiting}
          busy={form.busy}
          mayMerge={target !== undefined}
          onApprove={() => void approve()}
          onAsk={setAsking}
        />
      </article>
      <AlikeIdeas alike={alike} budget={isBudget} />
      <RejectDialog
        open={asking === 'reject'}
        idea={idea}
        coins={0}
        onDone={() => decided(t('reject.done', { title: idea.title }))}
        onClose={close}
      />
      {target !== undefined && (
        <ConfirmDialog
          open={asking === 'merge'}
          title={t('merge.sure', { title: idea.title, into: target.title })}
          confirm={t('queue.merge')}
          signal
          busy={form.busy}
          onClose={close}
          onConfirm={() => void merge(target)}
        >
          <p>{t('merge.text', { name: idea.submitter_name })}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

/** The moderation queue. */
export function Queue(props: PartProps) {
  const waiting = useWaiting(props);
  if (waiting.problem !== '') return <p role="alert">{waiting.problem}</p>;
  if (!waiting.loaded) return <Skeleton lines={6} />;
  if (waiting.idea === undefined) {
    return (
      <section class="card stack" aria-labelledby="queue-empty">
        <h2 id="queue-empty">{t('queue.empty')}</h2>
        <p class="soft" role="status">
          {t('queue.emptyText')}
        </p>
      </section>
    );
  }
  return <AtHand {...props} waiting={waiting} idea={waiting.idea} />;
}
